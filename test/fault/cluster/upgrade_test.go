package cluster

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"seckill/test/program"
)

// older is the commit of the oldest program beside which today's has to work: the
// first one whose records have versions.
//
//go:embed OLDER
var older string

// Programs of two releases sell and fold side by side, both ways, and what only the
// newer one reads is written when no older one is alive any more, and not before. An
// older one that stood still meanwhile, or is started again, halts and says why.
func TestAnUpgradeWhileItSells(t *testing.T) {
	t.Parallel()
	old, next := program.Older(t, strings.TrimSpace(older)), tomorrow(t)
	on := ownServers(t, 1)
	c := start(t, old, on.flags())
	s := c.sell(10_000)

	oldAPIs, oldProjectors := c.apis, c.projectors
	c.program = next
	newAPIs := []*program.Server{c.launchAPI(), c.launchAPI()}
	c.sellBy(newAPIs)
	s.goesOn("the newer sell, and the older fold")
	s.refuses("older ones sell and fold")

	c.sellBy(oldAPIs)
	c.launchProjector()
	c.launchProjector()
	for _, p := range oldProjectors {
		p.Stop(t)
	}
	s.goesOn("the older sell, and the newer fold")

	c.sellBy(newAPIs)
	s.refuses("older ones sell")
	oldAPIs[0].Stop(t)
	s.refuses("an older one sells")
	oldAPIs[1].Signal(syscall.SIGSTOP)
	s.eventually("the newer ones write what they read", func() bool { return s.putNewer() == 200 })
	s.goesOn("only the newer ones are alive")
	s.eventually("a user id of elsewhere buys", func() bool { return s.buyFromElsewhere() == 201 })

	oldAPIs[1].Signal(syscall.SIGCONT)
	const why = "made by a newer program"
	s.eventually("the older one has halted", func() bool {
		a, err := oldAPIs[1].Get("/readyz")
		return err == nil && a.Status == 503 && strings.Contains(a.Body, "halted") && strings.Contains(a.Body, why)
	})
	if a, err := oldAPIs[1].Buy(s.product, "late", ""); err != nil || a.Status != 503 {
		t.Errorf("an older one that stood still sells: %v, %v", a, err)
	}
	oldAPIs[1].Stop(t)
	again := program.Launch(t, old, append([]string{"serve", "--listen", "127.0.0.1:0", "--roles", "projector"}, c.flags...)...)
	const newer = "a newer" // made the records, or brought up the tables
	if !again.Out.Await(newer) {
		t.Errorf("an older one that is started again: %s", again.Out.String())
	}
	again.Stop(t)
	if code, out := program.Run(t, old, append([]string{"verify"}, c.flags...)...); code != 2 || !strings.Contains(out, newer) {
		t.Errorf("verify of the older program: exit code %d\n%s", code, out)
	}
	var letters int
	if s.ask1(on, &letters, `SELECT count(*) FROM seckill_dead_letter WHERE product_id = $1`); letters != 0 {
		t.Errorf("%d dead letters", letters)
	}
	s.finish()
}

// tomorrow builds the program of this source whose records have one more version: the
// opening of a product whose name begins with "next".
func tomorrow(t *testing.T) string {
	t.Helper()
	root, err := program.Source()
	if err != nil {
		t.Fatal(err)
	}
	const file = "internal/sale/version.go"
	source, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	changed := regexp.MustCompile(`const Version = \d+`).ReplaceAllString(string(source), "$0 + 1")
	changed = strings.Replace(changed, "Version() int {\n", "Version() int {\n\tif len(r.Terms.Name) > 4 && r.Terms.Name[:4] == \"next\" {\n\t\treturn Version\n\t}\n", 1)
	return program.Broken(t, file, string(source), changed)
}

// sellBy has buyers come only to these; the others stay alive.
func (c *cluster) sellBy(apis []*program.Server) {
	c.t.Helper()
	c.await()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apis = apis
}

// putNewer puts terms that only tomorrow's program can express, and returns the status.
func (s *sale) putNewer() int {
	s.t.Helper()
	a, err := s.c.apis[0].Ask("PUT", "/api/products/"+s.product, "", fmt.Sprintf(`{"quantity":%d,"name":"next one"}`, s.quantity))
	if err != nil {
		s.t.Fatal(err)
	}
	return a.Status
}

// buyFromElsewhere buys under a user id that the older program does not know, and returns the status.
func (s *sale) buyFromElsewhere() int {
	s.t.Helper()
	a, err := s.c.apis[0].Buy(s.product, "gid://shop.example/Customer/1", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return a.Status
}

// refuses demands that nobody writes what only tomorrow's program reads while that is
// so, and that no gate is shut for it.
func (s *sale) refuses(while string) {
	s.t.Helper()
	before := s.look().Epoch
	if status := s.putNewer(); status != 503 {
		s.t.Errorf("%s, and a newer one may write what they do not read: %d", while, status)
	}
	if status := s.buyFromElsewhere(); status != 503 {
		s.t.Errorf("%s, and a user id that they do not read is told %d", while, status)
	}
	s.goesOn("a newer record was refused while " + while)
	if p := s.look(); p.Epoch != before || p.State != "on_sale" {
		s.t.Errorf("it was refused while %s, and the product is %s at epoch %d, which was %d", while, p.State, p.Epoch, before)
	}
}
