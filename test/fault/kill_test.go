package fault

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	killRounds = 20
	atOnce     = 64   // buyers
	mostBought = 1000 // answers before a kill
)

// Twenty times the program is killed while a crowd buys, and in some of the
// rounds again while it starts. Whatever it answered before holds after.
func TestKillsUnderLoad(t *testing.T) {
	k := &killing{program: bin, data: t.TempDir(), crowd: crowd{shop: big}}
	for round := range killRounds {
		if found := k.round(t, round); len(found) > 0 {
			t.Fatalf("round %d:\n%s", round, most(found))
		}
	}
	if found := k.end(t, serve(t, k.program, k.data)); len(found) > 0 {
		t.Fatalf("at the end:\n%s", most(found))
	}
	t.Logf("%d kills, %d of them during a start; %d receipts of %d buyers; %d answers, %d requests unanswered; %d changes of terms",
		k.kills, k.early, len(k.crowd.purchases), k.crowd.users.Load(), k.crowd.answers, k.crowd.unanswered, k.crowd.changes.Load())
}

type killing struct {
	program, data string
	crowd         crowd
	kills, early  int
	asked         int     // receipts that were looked up one by one
	sold          []order // of the final product, at the end
}

// round starts the program, looks at what it kept, and kills it under load.
func (k *killing) round(t *testing.T, n int) (found []string) {
	if n%3 == 2 {
		found = k.killEarly(t)
	}
	s := serve(t, k.program, k.data)
	if n == 0 {
		k.crowd.put(t, s)
	}
	found = append(found, k.check(t, s)...)
	fire := k.crowd.alarm(1 + rand.N(mostBought))
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		<-fire
		s.Kill()
	}()
	k.crowd.rush(s, atOnce)
	<-killed
	k.kills++
	return found
}

// check compares the server with all receipts, and asks for those that are new.
func (k *killing) check(t *testing.T, s *server) []string {
	found := k.crowd.audit(t, s, k.crowd.final, k.crowd.payable)
	found = append(found, k.crowd.ask(t, s, k.asked)...)
	k.asked = len(k.crowd.purchases)
	found = append(found, k.money(t, s)...)
	return append(found, judged(t, k.data)...)
}

// killEarly starts the program and kills it before, while or just after it is
// ready; what it leaves is judged as it lies.
func (k *killing) killEarly(t *testing.T) (found []string) {
	for range 2 {
		s := tryServe(t, k.program, k.data)
		moment, stop := context.WithTimeout(t.Context(), rand.N(150*time.Millisecond))
		<-moment.Done()
		stop()
		if !s.Running() {
			t.Fatalf("it ended by itself:\n%s", s.Out.String())
		}
		s.Kill()
		k.kills++
		k.early++
	}
	return judged(t, k.data)
}

// end serves everybody who had no answer, sells what is left, and looks at all of it.
func (k *killing) end(t *testing.T, s *server) []string {
	if a, err := s.Ask("POST", "/api/products/"+k.crowd.payable.product+"/resume", "", ""); err != nil || a.Status != 200 {
		t.Fatalf("resume: %v, %v", a, err)
	}
	for p := k.crowd.takeLost(); p != nil; p = k.crowd.takeLost() {
		k.crowd.buy(s, p, true)
	}
	k.sellOut(s)
	found := k.check(t, s)
	on := k.crowd.final
	if k.sold = s.Orders(t, on.product); len(k.sold) != on.quantity {
		found = append(found, "sold out, and "+itoa(len(k.sold))+" orders of "+itoa(on.quantity)+" units")
	}
	s.Stop(t)
	return append(found, judged(t, k.data)...)
}

// sellOut has buyers come until each of a few ways in has seen "sold out".
func (k *killing) sellOut(s *server) {
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			for p := k.crowd.newcomer(k.crowd.final); k.crowd.buy(s, p, false); p = k.crowd.newcomer(k.crowd.final) {
			}
		})
	}
	all.Wait()
}

// most is the first of the findings.
func most(found []string) string {
	if len(found) > 12 {
		found = append(found[:12:12], "and "+itoa(len(found)-12)+" more")
	}
	return strings.Join(found, "\n")
}
