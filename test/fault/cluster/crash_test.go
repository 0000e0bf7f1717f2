package cluster

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"seckill/internal/crash"
	"seckill/test/ledger"
	"seckill/test/program"
)

// The rooms that only this mode has, and those that only the other has.
var (
	clusterRooms  = []string{"redisgate", "kafkalog", "pgstore"}
	embeddedRooms = []string{"memgate", "sqlitelog", "sqlitestore"}
)

// pointsHere are the moments at which a process of a cluster may die; in the short
// suite those that only a cluster has.
func pointsHere() (points []string) {
	for _, p := range crash.Points {
		room, _, _ := strings.Cut(p, ":")
		here := slices.Contains(clusterRooms, room)
		if ledger.Full() {
			here = !slices.Contains(embeddedRooms, room) && p != "app: the folder is locked"
		}
		if here && !slices.Contains(crash.OfRecovery, p) && !slices.Contains(crash.OfBackup, p) {
			points = append(points, p)
		}
	}
	return points
}

// One of two processes dies at each of the named moments of its code, and another
// takes its place. The other one only sells, so that the one that dies does all else.
func TestCrashPoints(t *testing.T) {
	on := sharedServers(t)
	armed := program.Tagged(t, "crash")
	c := &cluster{t: t, program: bin, flags: on.flags()}
	t.Cleanup(c.leave)
	c.launchAPI()
	owner := t
	worker := c.launchWhole(owner, bin)
	points := pointsHere()
	ledger.Trials(t, "crash, cluster", len(points), func(t *ledger.Trial) {
		c.lend(t)
		t.Point = points[t.Seed%uint64(len(points))]
		s := c.newSale(40 * slow) // nobody projects for some ten seconds
		var told told
		if strings.HasPrefix(t.Point, "verify") {
			c.offer(s)
			s.open(slow)
			s.sold(slow)
			s.killed(t, program.Launch(t, "env", append([]string{arm(t), armed, "verify"}, c.flags...)...))
		} else {
			worker.Stop(t)
			dying := c.launchWhole(t, "env", arm(t), armed)
			told = s.live(t, dying)
			s.killed(t, dying.Process)
			worker = c.launchWhole(owner, bin)
		}
		healed := time.Now()
		c.offer(s)
		s.heals(t, healed)
		s.conclude(t)
		t.Find(c.broken(told)...)
	})
}

// arm is the variable that has a process die at the trial's point, by one of the
// passes that a trial is sure to have.
func arm(t *ledger.Trial) string {
	passes := 4
	switch room, what, _ := strings.Cut(t.Point, ": "); {
	case room == "app", strings.Contains(what, "owed back"), what == "buyers are loaded", what == "the gates are cut", strings.Contains(what, "expiry"):
		passes = 1
	case room == "redisgate":
		passes = 30
	}
	return fmt.Sprintf("SECKILL_CRASH=%s:%d", t.Point, 1+t.IntN(passes))
}

// launchWhole starts a process that sells and projects, by a command that serve and
// its flags are added to.
func (c *cluster) launchWhole(t testing.TB, name string, args ...string) *program.Server {
	t.Helper()
	args = append(append(args, "serve", "--listen", "127.0.0.1:0"), c.flags...)
	return c.join(program.NewServer(t, program.Launch(t, name, args...)))
}

// killed demands that a process dies by its own hand, within a time that is a hang.
func (s *sale) killed(t *ledger.Trial, p *program.Process) {
	t.Helper()
	select {
	case <-p.Ended():
	case <-time.After(patience):
		t.Fatalf("it was never killed at %q", t.Point)
	}
	if code := p.Wait(); code != -1 {
		t.Fatalf("exit code %d, and not killed at %q:\n%s", code, t.Point, tail(p.Out.String()))
	}
}

// offer puts the product on sale, if it is not.
func (c *cluster) offer(s *sale) {
	s.eventually("the product is on sale", func() bool {
		if _, err := c.any().Product(s.product); err == nil {
			return true
		}
		a, err := c.any().Ask("PUT", "/api/products/"+s.product, "", fmt.Sprintf(`{"quantity":%d}`, s.quantity))
		return err == nil && a.Status <= 201
	})
	if s.end == nil {
		s.open(slow)
	}
}

// live has a process do all that it can, until it is killed, which may be at any of
// it. It returns the states in which orders ended, as their buyers were told, and what was told of payments.
func (s *sale) live(t *ledger.Trial, p *program.Server) (told told) {
	told.orders = map[string]string{}
	if !p.Out.Await("msg=ready") {
		return told
	}
	ask := func(method, path, body string) (program.Answer, bool) {
		a, err := p.Ask(method, path, "", body)
		return a, err == nil && a.Status <= 201
	}
	if _, ok := ask("PUT", "/api/products/"+s.product, fmt.Sprintf(`{"quantity":%d}`, s.quantity)); ok {
		s.open(slow)
	}
	if strings.Contains(t.Point, "owed back") || strings.Contains(t.Point, "a unit") {
		told.payments = p.Latecomers(s.product+"-late-", 6)
	}
	bills := s.product + "-bills"
	ask("PUT", "/api/products/"+bills, `{"quantity":50,"payment_window":"10s"}`)
	for i := range 12 {
		a, ok := ask("POST", "/api/products/"+bills+"/orders", fmt.Sprintf(`{"user_id":"u%d"}`, i))
		if !ok || a.Status != 201 || i == 0 { // the first is never paid
			continue
		}
		if i%3 > 0 {
			what := []string{"pay", "cancel"}[i%2]
			if ended, ok := ask("POST", "/api/orders/"+a.Order.ID+"/"+what, ""); ok {
				told.orders[a.Order.ID] = ended.Order.Status
			}
		}
		if m, ok, err := p.Pay(bills, a.Order.ID, fmt.Sprint("m", i)); ok {
			told.payments = append(told.payments, m)
		} else if err != nil {
			t.Find(err.Error())
		}
	}
	for _, name := range []string{"one", "other"} { // with orders to load
		ask("PUT", "/api/products/"+s.product, fmt.Sprintf(`{"quantity":%d,"name":"%s"}`, s.quantity, name))
	}
	if strings.Contains(t.Point, "expiry") { // which comes with the payment window's end
		select {
		case <-p.Ended():
		case <-time.After(30 * time.Second):
		}
	}
	for limit := time.After(20 * time.Second); p.Running() && s.placed(time.Time{}) < 2*slow; {
		select {
		case <-s.next():
			continue
		case <-p.Ended():
		case <-limit:
		}
		break
	}
	p.Signal(syscall.SIGTERM)
	return told
}

// told is how orders ended, by their ids, and what became of payments.
type told struct {
	orders   map[string]string
	payments []program.Payment
}

// broken finds orders and payments that ended otherwise than was told.
func (c *cluster) broken(told told) (found []string) {
	unpaid, err := c.any().Unpaid(told.payments)
	if found = unpaid; err != nil {
		found = append(found, err.Error())
	}
	for id, status := range told.orders {
		if a, err := c.any().Get("/api/orders/" + id); err != nil || a.Order.Status != status {
			found = append(found, fmt.Sprintf("order %s was told to be %s, and is %v, %v", id, status, a, err))
		}
	}
	return found
}
