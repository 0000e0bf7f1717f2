package redisgate

import (
	"strconv"
	"testing"

	"seckill/internal/gate"
)

// A wrong count of the orders that wait does not last: it is put right when nothing
// waits, also if it refuses everybody.
func TestAWrongCountOfWhatWaits(t *testing.T) {
	r := server(t)
	for _, wrong := range []int64{1_000_000, 7, -7} {
		g := connect(t, Options{URL: r.URL(), MaxUnrelayed: 100}).Of(strconv.FormatInt(wrong, 10))
		waits := func(want int64) {
			t.Helper()
			v, err := g.View(t.Context(), product)
			if ok(t, err); v.Waiting != want {
				t.Errorf("%d more: %d wait, not %d", wrong, v.Waiting, want)
			}
		}
		opened(t, g, 5)
		do(t, r.URL(), "HINCRBY", g.keys(product)[0], "waiting", strconv.FormatInt(wrong, 10))
		waits(wrong)
		admits(t, g, buy("a", 1), gate.Admitted)
		ok(t, g.Forget(t.Context(), product, []gate.EntryID{"1-1"}))
		waits(0)
	}
}
