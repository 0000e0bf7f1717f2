package gatetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

const crowd = 64 // goroutines

var racing = []subtest{
	{"Race/exactly what remains is admitted", exactly},
	{"Race/one user, many requests", oneUser},
	{"Race/shut under load", shutUnderLoad},
}

// together calls do in crowd goroutines that start at once, and waits for them.
func together(do func(n int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for n := range crowd {
		wg.Go(func() {
			<-start
			do(n)
		})
	}
	close(start)
	wg.Wait()
}

func exactly(t *testing.T, f *fixture) {
	const each, batch = 9, 3
	units := min(f.MaxUnrelayed, 300) // fewer than ask, and never more than may wait
	f.open(1, selling(int64(units)))
	admissions := make([][]gate.Admission, crowd)
	together(func(n int) {
		for i := 0; i < each; i += batch {
			a, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, buyers(n*each+i, batch))
			if err != nil {
				t.Error(err)
				return
			}
			admissions[n] = append(admissions[n], a)
		}
	})
	var seqs []int64
	inBox := map[sale.OrderID]int64{}
	for _, e := range f.pending(0, all) {
		for _, r := range e.Orders {
			inBox[r.OrderID] = r.Seq
		}
	}
	for _, a := range slices.Concat(admissions...) {
		for _, d := range a.Decisions {
			switch {
			case d.Verdict == gate.Admitted && inBox[d.Order] == d.Seq:
				seqs = append(seqs, d.Seq)
			case d.Verdict != gate.SoldOut:
				t.Fatalf("decided %v, in the outbox with seq %d", d, inBox[d.Order])
			}
		}
	}
	slices.Sort(seqs)
	if len(seqs) != units || len(inBox) != units {
		t.Fatalf("%d admitted, %d in the outbox, of %d units", len(seqs), len(inBox), units)
	}
	for i, seq := range seqs {
		if seq != int64(i+1) {
			t.Fatalf("seq %d is missing or double: %v", i+1, seqs)
		}
	}
	f.counts(0, int64(units), 0)
}

func oneUser(t *testing.T, f *fixture) {
	const limit = 5
	f.open(1, limited(1000, limit))
	decisions := make([]gate.Decision, crowd)
	together(func(n int) {
		a, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, []gate.Request{buy("greedy", n)})
		if err != nil {
			t.Error(err)
			return
		}
		decisions[n] = a.Decisions[0]
	})
	var newest sale.OrderID
	admitted := 0
	for _, d := range decisions {
		if d.Verdict == gate.Admitted {
			admitted++
			if d.Seq == limit {
				newest = d.Order
			}
		}
	}
	for _, d := range decisions {
		if d.Verdict != gate.Admitted && (d.Verdict != gate.LimitReached || d.Order != newest) {
			t.Fatalf("refused with %v, the newest is %s", words([]gate.Decision{d}), newest)
		}
	}
	if admitted != limit {
		t.Fatalf("%d admitted", admitted)
	}
	f.counts(1000-limit, limit, 0)
}

// shutUnderLoad opens a second epoch among buyers, and demands that an admit was
// wholly before the Shut, and then in the outbox, or not at all.
func shutUnderLoad(t *testing.T, f *fixture) {
	f.open(1, selling(1_000_000))
	var mu sync.Mutex
	entries := map[gate.EntryID]bool{}
	together(func(n int) {
		if n == 0 {
			if err := callShut(f, 2, ""); err != nil {
				t.Error(err)
			}
			return
		}
		for i := 0; ; i++ {
			a, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, []gate.Request{buy(fmt.Sprintf("u%d-%d", n, i), n*1000+i)})
			if errors.Is(err, sale.ErrShut) {
				return
			}
			if errors.Is(err, sale.ErrFull) {
				continue
			}
			if err != nil || a.View.Epoch != 1 {
				t.Errorf("admitted at epoch %d, error %v", a.View.Epoch, err)
				return
			}
			mu.Lock()
			entries[a.Entry] = true
			mu.Unlock()
		}
	})
	for _, e := range f.pending(0, all) {
		if !entries[e.ID] {
			t.Fatalf("entry %s was not answered", e.ID)
		}
		delete(entries, e.ID)
	}
	if len(entries) != 0 {
		t.Fatalf("answered and not in the outbox: %v", entries)
	}
}
