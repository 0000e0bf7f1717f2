package fault

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/crash"
	"seckill/test/ledger"
	"seckill/test/program"
)

// The ways in which a log is lost to the tables that were filled from it.
var lostLogs = []wreck{
	{name: "its end is cut off", harm: statement(logFile, `DELETE FROM log_row WHERE first > (SELECT max(first) FROM log_row) / 2`)},
	{name: "its last row is gone", harm: statement(logFile, `DELETE FROM log_row WHERE first = (SELECT max(first) FROM log_row)`)},
	{name: "it is empty", harm: cut(logFile, 1<<30)},
	{name: "it is removed", harm: remove(logFile)},
	{name: "it is damaged", harm: overwrite(logFile)},
}

// The log is lost before the tables' position. Recovery, also one that is killed and
// run again, has the sale go on with every order that anybody was told of.
func TestRecover(t *testing.T) {
	binary := program.Tagged(t, "crash")
	var points []string
	for _, p := range crash.OfRecovery {
		if room, _, _ := strings.Cut(p, ":"); !slices.Contains(otherMode, room) {
			points = append(points, p)
		}
	}
	ledger.Trials(t, "recover, embedded", len(lostLogs), func(t *ledger.Trial) {
		k := &killing{data: t.TempDir(), crowd: crowd{shop: small}, program: bin}
		s := serve(t, k.program, k.data)
		k.crowd.put(t.T, s)
		for range 40 + t.IntN(60) {
			k.crowd.act(s)
		}
		s.Stop(t)
		harm := lostLogs[t.Seed%uint64(len(lostLogs))]
		harm.harm(t.T, k.data)
		if code, out := program.Run(t, bin, "serve", "--listen", "127.0.0.1:0", "--data", k.data); code != 1 || !strings.Contains(out, "seckill recover") {
			t.Fatalf("%s: serve ended with exit code %d\n%s", harm.name, code, out)
		}
		if code, out := program.Run(t, bin, "recover", "--data", k.data); code != 2 || !strings.Contains(out, "--yes") {
			t.Fatalf("without --yes: exit code %d\n%s", code, out)
		}
		if t.IntN(2) == 0 {
			t.Point = points[t.IntN(len(points))]
			if code, out := program.Run(t, "env", "SECKILL_CRASH="+t.Point+":1", binary, "recover", "--yes", "--data", k.data); code != -1 {
				t.Fatalf("it ended with exit code %d, and was not killed at %q\n%s", code, t.Point, out)
			}
		}
		if code, out := program.Run(t, bin, "recover", "--yes", "--data", k.data); code != 0 {
			t.Fatalf("exit code %d\n%s", code, out)
		}
		recovered := time.Now()
		s = serve(t, k.program, k.data)
		if code, out := program.Run(t, bin, "verify", "--data", k.data); code != 0 || !strings.Contains(out, "RECOVERED") {
			t.Find("verify: " + out)
		}
		if p := k.crowd.newcomer(k.crowd.final); k.crowd.buy(s, p, false) {
			t.Placed = time.Since(recovered).Seconds()
		}
		t.Find(k.check(t.T, s)...)
		t.Find(k.end(t.T, s)...)
		if code, out := program.Run(t, bin, "recover", "--data", k.data); code != 0 || !strings.Contains(out, "Nothing to recover") {
			t.Find("once more: " + out)
		}
		t.Count("receipts", len(k.crowd.purchases))
	})
}

// The log that was before is kept.
func TestRecoverKeepsTheLogOfBefore(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":2}`)
	s.Stop(t)
	lostLogs[1].harm(t, data)
	if code, out := program.Run(t, bin, "recover", "--yes", "--data", data); code != 0 || !strings.Contains(out, "is kept as") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	if kept, err := filepath.Glob(filepath.Join(data, "orders.log.2*")); err != nil || len(kept) != 1 {
		t.Errorf("%v, %v", kept, err)
	}
}
