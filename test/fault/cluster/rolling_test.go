package cluster

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"seckill/internal/devstack/devtest"
	"seckill/test/program"
)

// Each process that sells is replaced by one at another address, while 2,000 buyers a
// second come through nginx, over connections of their own: nobody gets an error.
func TestARollingRestart(t *testing.T) {
	on := sharedServers(t)
	c := &cluster{t: t, program: bin, flags: on.flags()}
	c.launchProjector()
	t.Cleanup(c.leave)
	run := func(address string) *program.Server {
		args := append([]string{"serve", "--listen", address, "--roles", "api", "--drain", "3s"}, c.flags...)
		s := c.join(program.NewServer(t, program.Launch(t, bin, args...)))
		if !s.Ready(t) {
			t.Fatal(s.Out.String())
		}
		return s
	}
	old := map[string]*program.Server{"api-1": run(devtest.FreeAddress(t)), "api-2": run(devtest.FreeAddress(t))}
	at := map[string]string{}
	for name, s := range old {
		at[name] = strings.TrimPrefix(s.URL, "http://")
	}
	front := program.StartNginx(t, at, nil, nil)
	s := c.put(5_000)
	shop := &program.Server{URL: "http://" + front.At, HTTP: old["api-1"].HTTP}
	s.eventually("nginx answers", func() bool { a, err := shop.Get("/livez"); return err == nil && a.Status == 200 })

	const perSecond, seconds = 2_000, 30
	rush := program.Launch(t, bin, "rush", "--url", shop.URL, "--product", s.product,
		"--buyers", fmt.Sprint(perSecond*seconds), "--over", fmt.Sprintf("%ds", seconds), "--new-connections")
	s.eventually("they buy", func() bool { return s.look().Held > 0 })

	for name, ends := range old { // the one that takes over is ready before nginx is told of it
		front.APIs[name] = devtest.FreeAddress(t)
		run(front.APIs[name])
		front.Reload()
		ends.Stop(t)
	}
	if !rush.Running() {
		t.Log("the machine was so busy that the rush was over before the restart")
	}

	code := rush.Wait()
	if out := rush.Out.String(); code != 0 || !regexp.MustCompile(`5,000 placed.*, 0 errors`).MatchString(out) {
		t.Errorf("rush: exit code %d\n%s", code, tail(out))
	} else {
		t.Log(tail(out))
	}
	if found := judged(t, c); len(found) > 0 {
		t.Error(most(found))
	}
}
