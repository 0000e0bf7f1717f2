package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seckill/internal/identity"
	"seckill/internal/sale"
)

func TestWrongTokensAreLoggedAndSlowed(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, func(s *shop, c *Config) {
		c.Auth = s.operators("token")
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	s.put(t, "1", sale.Terms{Quantity: 5})
	wrong := []string{"Authorization", "Bearer guess"}
	tries := []func(){
		func() { s.do(t, "POST", "/api/session", `{"name":"admin","token":"guess"}`).problem(t, unauthorized) },
		func() { s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, wrong...).problem(t, unauthorized) },
		func() { s.do(t, "GET", "/api/session", "", wrong...).want(t, 200) },
		func() { s.watch(t, "/api/products/1/events", wrong...).until(t, func(Product) bool { return true }) },
	}
	for range 4 {
		for _, try := range tries {
			try()
		}
		s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Authorization", "Bearer token").want(t, 200) // never slowed
		s.do(t, "GET", "/api/products/1/orders", "").problem(t, unauthorized)                             // nothing was tried
		s.do(t, "GET", "/api/products/1/orders", "", "Cookie", plainCookie+"=old").problem(t, unauthorized)
	}
	want := []time.Duration{1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5}
	for i := range want {
		want[i] *= time.Second
	}
	s.set(func() {
		if !slices.Equal(s.pauses, want) {
			t.Errorf("%v, not %v", s.pauses, want)
		}
		s.passed += time.Second
	})
	tries[0]()
	var got string
	s.set(func() { got = log.String() })
	if strings.Count(got, "wrong token") != 2 || !strings.Contains(got, "address=127.0.0.1/32 times=1\n") ||
		!strings.Contains(got, "times=16\n") || strings.Contains(got, "guess") {
		t.Error(got)
	}
}

// They are slowed beside wrong tokens, not with them: whoever forges payments keeps no operator waiting.
func TestWrongSignaturesAreLoggedAndSlowed(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, takesStripe(t), func(s *shop, c *Config) {
		c.Auth, c.Signed = s.operators("token"), signs(t, s)
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	order := priced(t, s, "a")[0]
	body := pays("m1", order, 5)
	for range 4 {
		s.do(t, "POST", "/api/payments", body+" ", signature(t, secret, body, start)...).problem(t, wrongSignature)
		s.do(t, "POST", stripePath, session(sessionCompleted, "cs_1", order, "paid"), operator...).problem(t, wrongSignature)
		s.do(t, "POST", "/api/payments", body, signature(t, secret, body, start)...).want(t, 200) // never slowed
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Authorization", "Bearer guess").problem(t, unauthorized)
	s.set(func() {
		if want := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}; !slices.Equal(s.pauses, want) {
			t.Errorf("%v, not %v", s.pauses, want)
		}
		s.passed += time.Second
	})
	s.do(t, "POST", stripePath, body).problem(t, wrongSignature)
	var got string
	s.set(func() { got = log.String() })
	if strings.Count(got, `msg="wrong signature" address=127.0.0.1/32 times=`) != 2 || !strings.Contains(got, "times=8\n") {
		t.Error(got)
	}
}

func TestABrakeIsOfAnOrigin(t *testing.T) {
	network := func(address string) netip.Prefix {
		parsed, _ := netip.ParseAddr(address)
		return identity.Network(parsed.Unmap())
	}
	others := []string{"2001:db8:0:1::1", "192.0.2.1", "::ffff:192.0.2.2", "pipe"}
	var now time.Duration
	var b *brake
	for places := map[*place]bool{}; len(places) <= len(others); { // until no two share a place
		b = newBrake(func() time.Duration { return now })
		places = map[*place]bool{b.place(network("2001:db8::")): true}
		for _, other := range others {
			places[b.place(network(other))] = true
		}
	}
	failed := func(address string) (time.Duration, []tally) {
		from := network(address)
		return b.wait(from), b.told(from)
	}
	for i := range 20 {
		failed(fmt.Sprintf("2001:db8::%x", i))
	}
	if wait, _ := failed("2001:db8::ffff"); wait != longestBrake {
		t.Errorf("the same network waits %v", wait)
	}
	for _, other := range others {
		if wait, untold := failed(other); wait != 0 || len(untold) != 1 || untold[0].times != 1 {
			t.Errorf("%s waits %v, and %v are told", other, wait, untold)
		}
	}
	now += freeFailures*failureStep + longestBrake
	if wait, untold := failed("2001:db8::1"); wait != 0 || len(untold) != 1 || untold[0].times != 21 {
		t.Errorf("after a rest it waits %v, and %v are told", wait, untold)
	}
}

// A count is logged under the address that it is of, whoever shares its place.
func TestWrongTokensAreLoggedUnderTheirOwnAddress(t *testing.T) {
	var now time.Duration
	b := newBrake(func() time.Duration { return now })
	one := netip.MustParsePrefix("192.0.2.1/32")
	other := one
	for i := 1; other == one || b.place(other) != b.place(one); i++ {
		other = netip.MustParsePrefix(fmt.Sprintf("10.%d.%d.%d/32", i>>16, i>>8&255, i&255))
	}
	for range 5 {
		b.told(one)
	}
	now += time.Second
	if told := b.told(other); !slices.Equal(told, []tally{{one, 4}, {other, 1}}) {
		t.Errorf("%v", told)
	}
	b.told(other)
	b.told(one)
	now += time.Second
	if told := b.told(other); !slices.Equal(told, []tally{{other, 2}, {times: 1}}) {
		t.Errorf("%v", told)
	}
}

// However many guess: no more than a few of their answers wait at a time.
func TestFewAnswersOfWrongTokensWait(t *testing.T) {
	var waits atomic.Int64
	waiting, leave := make(chan struct{}), make(chan struct{})
	s := serve(t, func(s *shop, c *Config) {
		c.Auth = s.operators("token")
		c.Pause = func(context.Context, time.Duration) error {
			if waits.Add(1) <= mostBraked {
				waiting <- struct{}{}
				<-leave
			}
			return nil
		}
	})
	tries := []func() reply{
		func() reply { return s.do(t, "POST", "/api/session", `{"name":"admin","token":"guess"}`) },
		func() reply { return s.do(t, "GET", "/api/products/1/orders", "", "Authorization", "Bearer guess") },
		func() reply { return s.do(t, "GET", "/api/rehearsals/1/events", "", "Authorization", "Bearer guess") },
	}
	for range freeFailures {
		if r := tries[0](); r.Close {
			t.Error("one that is free hung up")
		}
	}
	var guesses sync.WaitGroup
	defer guesses.Wait()
	defer close(leave)
	for range mostBraked {
		guesses.Go(func() { tries[0]().problem(t, unauthorized) })
		<-waiting
	}
	for i, try := range tries {
		r := try()
		if r.problem(t, unauthorized); !r.Close {
			t.Errorf("try %d: the connection stays", i)
		}
	}
	if n := waits.Load(); n != mostBraked {
		t.Errorf("%d waited", n)
	}
}
