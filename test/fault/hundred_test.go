package fault

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"seckill/internal/rush"
	"seckill/test/program"
)

// The main job: ten thousand buyers in five seconds, one hundred units.
func TestExactlyAHundred(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":100}`)
	if found := soldExactly(t, s, 100, 10_000, "5s"); len(found) > 0 {
		t.Error(most(found))
	}
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
	s.Stop(t)
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}

// The test above would see a gate that sells units twice. (The store keeps its
// hundred all the same, and rejects the others.)
func TestAnOversaleIsFoundOut(t *testing.T) {
	generous := program.Broken(t, "internal/gate/memgate/admit.go", "p.view.Remaining--", "p.view.Remaining -= p.view.Seq % 2")
	s := serve(t, generous, t.TempDir())
	s.Put(t, "1", `{"quantity":100}`)
	if found := soldExactly(t, s, 100, 2_000, "1s"); !strings.Contains(most(found), "200 placed") {
		t.Errorf("a gate that sells every unit twice was found to do nothing worse than: %v", found)
	}
}

// soldExactly sends buyers and says where they did not get so many units, each
// another one's, and the rest a refusal.
func soldExactly(t *testing.T, s *server, quantity, buyers int, over string, options ...string) (found []string) {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.json")
	code, out := program.Run(t, bin, append([]string{"rush", "--url", s.URL, "--product", "1", "--buyers", itoa(buyers), "--over", over, "--json", report}, options...)...)
	raw, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r rush.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	if placed, sold := int(r.Count(rush.Placed)), int(r.Count(rush.SoldOut)); code != 0 || r.Errors != 0 || placed != quantity || sold != buyers-quantity {
		found = append(found, fmt.Sprintf("exit code %d, %d placed, %d sold out, %d errors:\n%s", code, placed, sold, r.Errors, out))
	}
	users := map[string]bool{}
	for _, o := range s.Orders(t, "1") {
		users[o.User] = true
	}
	if len(users) != quantity {
		found = append(found, fmt.Sprintf("%d users have orders of %d units", len(users), quantity))
	}
	return found
}

// inParallel has n clients ask at once, over connections of their own, and returns all answers. Who is told that nobody
// was asked in time, as a busy machine may say, asks again.
func inParallel(t *testing.T, n int, ask func() (answer, error)) []answer {
	t.Helper()
	answers, errs := make([]answer, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for again := true; again; again = answers[i].Kind == "unavailable" && t.Context().Err() == nil {
				answers[i], errs[i] = ask()
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

func TestOneUserInParallel(t *testing.T) {
	s := serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":1000}`)
	var placed []string
	var named = map[string]int{}
	for _, a := range inParallel(t, 100, func() (answer, error) { return s.Buy("1", "eager", "") }) {
		switch {
		case a.Status == 201:
			placed = append(placed, a.Order.ID)
		case a.Kind == "already_bought" && a.Order.User == "eager" && a.Order.Status == "placed":
			named[a.Order.ID]++
		default:
			t.Errorf("answer %v", a)
		}
	}
	if len(placed) != 1 || named[placed[0]] != 99 {
		t.Errorf("placed %v, named %v", placed, named)
	}
	if kept := s.Orders(t, "1"); len(kept) != 1 {
		t.Errorf("orders %v", kept)
	}
}

func TestOneKeyInParallel(t *testing.T) {
	s := serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":1000,"limit_per_user":100}`)
	created, ids := 0, map[string]bool{}
	for _, a := range inParallel(t, 100, func() (answer, error) { return s.Buy("1", "eager", "the key") }) {
		ids[a.Order.ID] = true
		switch a.Status {
		case 201:
			created++
		case 200:
		default:
			t.Errorf("answer %v", a)
		}
	}
	if created != 1 || len(ids) != 1 || len(s.Orders(t, "1")) != 1 {
		t.Errorf("%d times 201, orders named %v, orders kept %v", created, ids, s.Orders(t, "1"))
	}
}

// A winner who comes again after the sell-out finds their order, also after a kill.
func TestWinnersAfterTheSellOut(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":2}`)
	winners := map[string]answer{}
	for _, key := range []string{"", "a key"} {
		a, err := s.Buy("1", "winner-"+itoa(len(key)), key)
		if err != nil || a.Status != 201 {
			t.Fatalf("buy: %v, %v", a, err)
		}
		winners[key] = a
	}
	for life := range 2 {
		for range 3 { // until others are refused from memory, too
			if a, err := s.Buy("1", "late", ""); err != nil || a.Kind != "sold_out" {
				t.Fatalf("life %d: %v, %v", life, a, err)
			}
			for key, won := range winners {
				a, err := s.Buy("1", won.Order.User, key)
				found := key == "" && a.Kind == "already_bought" || key != "" && a.Status == 200
				if err != nil || !found || a.Order.ID != won.Order.ID {
					t.Errorf("life %d, key %q: %v, %v", life, key, a, err)
				}
			}
		}
		s.Kill()
		s = serve(t, bin, data)
	}
}
