package fault

import (
	"strings"
	"testing"

	"seckill/test/program"
)

// What the tests of kills look for is there to be found: a program that answers
// before the log has the order loses orders, and is found out.
func TestAnAnswerBeforeTheLogIsFoundOut(t *testing.T) {
	hasty := program.Broken(t, "internal/purchase/lane.go",
		"last, err := d.Log.Append(ctx, b.admission.View.Terms.Partition, orders)",
		`var last sale.Position
		var err error
		go func() {
			<-time.After(50 * time.Millisecond)
			_, _ = d.Log.Append(ctx, b.admission.View.Terms.Partition, orders)
		}()`)
	k := &killing{program: hasty, data: t.TempDir(), crowd: crowd{shop: big}}
	var found []string
	for round := 0; round < killRounds && len(found) == 0; round++ {
		found = k.round(t, round)
	}
	if !strings.Contains(strings.Join(found, "\n"), "lost: ") {
		t.Fatalf("a program that answers before the log has the order was found to do nothing worse than: %v", found)
	}
}
