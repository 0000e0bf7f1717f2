package fault

import (
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"seckill/internal/crash"
	"seckill/test/ledger"
	"seckill/test/program"
)

// A trial of a crash is a small sale.
var small = shop{offer{"final", 200, 1}, offer{"payable", 100, 2}}

const few = 16 // buyers

// otherMode is the rooms that only a cluster has.
var otherMode = []string{"redisgate", "kafkalog", "pgstore"}

// The program dies at each of the named moments of its code, once in a while; every
// answer that it gave before holds after.
func TestCrashPoints(t *testing.T) {
	var points []string
	for _, p := range crash.Points {
		if room, _, _ := strings.Cut(p, ":"); !slices.Contains(otherMode, room) && !slices.Contains(crash.OfRecovery, p) && !slices.Contains(crash.OfBackup, p) {
			points = append(points, p)
		}
	}
	binary := program.Tagged(t, "crash")
	ledger.Trials(t, "crash, embedded", len(points), func(t *ledger.Trial) {
		t.Point = points[t.Seed%uint64(len(points))]
		k := &killing{data: t.TempDir(), crowd: crowd{shop: small}, program: bin}
		k.crash(t, binary, 1+t.IntN(passes(t.Point)))
	})
}

// passes is how often a trial comes past a point for sure.
func passes(point string) int {
	room, _, _ := strings.Cut(point, ":")
	if room == "app" || room == "verify" || strings.Contains(point, "expiry") || owedBack(point) {
		return 1
	}
	return 4
}

// crash runs the armed program until it dies, and then another to the sale's end.
func (k *killing) crash(t *ledger.Trial, armed string, pass int) {
	t.Helper()
	args := []string{"SECKILL_CRASH=" + t.Point + ":" + itoa(pass), armed, "serve", "--listen", "127.0.0.1:0", "--data", k.data}
	s := program.NewServer(t, program.Launch(t, "env", args...))
	if s.Out.Await("msg=ready") && s.Address(t) {
		k.live(t, s)
	}
	if code := s.Wait(); code != -1 {
		t.Fatalf("it ended with exit code %d, and was not killed at %q (pass %d)\n%s", code, t.Point, pass, s.Out.String())
	}
	healed := time.Now()
	s = serve(t, k.program, k.data)
	if _, err := s.Product(k.crowd.payable.product); err != nil {
		k.crowd.put(t, s) // it was killed before that
	}
	if p := k.crowd.newcomer(k.crowd.final); k.crowd.buy(s, p, false) {
		t.Placed = time.Since(healed).Seconds()
	}
	t.Find(k.check(t.T, s)...)
	t.Find(k.end(t.T, s)...)
	on := k.crowd.final
	if err := k.crowd.history.Check(on.product, on.quantity, k.sold); err != nil {
		t.Find(err.Error())
	}
	t.Count("receipts", len(k.crowd.purchases))
	t.Count("unanswered", k.crowd.unanswered)
}

// live has the program do all that it can, until it is killed.
func (k *killing) live(t *ledger.Trial, s *server) {
	for _, on := range []offer{k.crowd.final, k.crowd.payable} {
		more := ""
		if on == k.crowd.payable {
			more = window
		}
		_, _ = s.Ask("PUT", "/api/products/"+on.product, "", on.terms(more)) // it may be killed by this
	}
	k.crowd.buy(s, k.crowd.newcomer(k.crowd.payable), false) // and this one is never paid
	var all sync.WaitGroup
	for range few {
		all.Go(func() {
			for s.Running() && k.crowd.users.Load() < 400 {
				k.crowd.act(s)
			}
		})
	}
	for range 2 { // with orders to load
		k.crowd.operate(s)
	}
	all.Wait()
	if asksTheGate(t.Point) {
		k.crowd.payments = append(k.crowd.payments, s.Latecomers("late-", 6)...)
	}
	if strings.Contains(t.Point, "expiry") { // which comes with the payment window's end
		select {
		case <-s.Ended():
		case <-time.After(30 * time.Second):
		}
	}
	if s.Running() {
		_, _ = program.Run(t, bin, "verify", "--data", k.data) // it asks the server
	}
	s.Signal(syscall.SIGTERM)
}
