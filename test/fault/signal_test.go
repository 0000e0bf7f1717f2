package fault

import (
	"syscall"
	"testing"
	"time"
)

// SIGTERM under load: everybody who was told something finds it, and who waits is
// answered within the ten seconds that are promised, or it would not end well.
func TestTermUnderLoad(t *testing.T) {
	data := t.TempDir()
	c := crowd{shop: big}
	for range 3 {
		s := serve(t, bin, data)
		big.put(t, s)
		fire := c.alarm(700)
		over := make(chan struct{})
		go func() {
			defer close(over)
			<-fire
			s.Stop(t)
		}()
		c.rush(s, atOnce)
		<-over
		if found := judged(t, data); len(found) > 0 {
			t.Error(most(found))
		}
	}
	s := serve(t, bin, data)
	found := append(c.audit(t, s, c.final, c.payable), c.ask(t, s, 0)...)
	if found = append(found, judged(t, data)...); len(found) > 0 {
		t.Error(most(found))
	}
	t.Logf("%d receipts, %d requests unanswered", len(c.purchases), c.unanswered)
}

// A process that stood still for three seconds goes on, and answers who came meanwhile.
func TestStopAndContinue(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data)
	big.put(t, s)
	c := crowd{shop: big}
	<-c.during(s, 300)
	s.Signal(syscall.SIGSTOP)
	waiting := make(chan bool, 10)
	for range cap(waiting) {
		go func() { waiting <- c.buy(s, c.newcomer(c.final), false) }()
	}
	<-time.After(3 * time.Second)
	s.Signal(syscall.SIGCONT)
	for range cap(waiting) {
		if !<-waiting {
			t.Error("somebody who came while it stood still did not get a unit")
		}
	}
	<-c.during(s, 300)
	if c.unanswered > 0 {
		t.Errorf("%d requests were not answered", c.unanswered)
	}
	found := append(c.audit(t, s, c.final, c.payable), judged(t, data)...)
	s.Stop(t)
	if found = append(found, judged(t, data)...); len(found) > 0 {
		t.Error(most(found))
	}
}

// during has buyers come until there are n more answers; the channel is closed when the last has left.
func (c *crowd) during(s *server, n int) <-chan struct{} {
	left := make(chan struct{})
	fire := c.alarm(n)
	go func() {
		defer close(left)
		for {
			select {
			case <-fire:
				return
			default:
				c.act(s)
			}
		}
	}()
	return left
}
