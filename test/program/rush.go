package program

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"seckill/internal/rush"
)

// PayAtTheShop puts a product on sale and has two thousand buyers come for its 1,500 units and pay for them as at a shop. It
// says where what the shop was told is not what the server has.
func (s *Server) PayAtTheShop(t testing.TB, binary, product string, options ...string) (found []string) {
	t.Helper()
	const quantity, buyers, amount = 1_500, 2_000, 1_999
	s.Put(t, product, fmt.Sprintf(`{"quantity":%d,"payment_window":"10s","price":{"amount":%d,"currency":"EUR"}}`, quantity, amount))
	report := filepath.Join(t.TempDir(), "report.json")
	code, out := Run(t, binary, append([]string{"rush", "--url", s.URL, "--product", product, "--payments",
		"--buyers", fmt.Sprint(buyers), "--over", "2s", "--json", report}, options...)...)
	raw, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var told rush.Report
	if err := json.Unmarshal(raw, &told); err != nil {
		t.Fatal(err)
	}
	if code != 0 || told.Errors != 0 || told.Unpaid != 0 || told.Count(rush.Placed) < quantity || told.Cancelled == 0 {
		found = append(found, fmt.Sprintf("exit code %d\n%s", code, out))
	}
	has := map[string]rush.Outcome{}
	for path := "/api/products/" + product + "/payments?limit=1000"; ; {
		var page struct {
			Payments []struct {
				ID     string `json:"payment_id"`
				Status string `json:"status"`
				Amount int64  `json:"amount"`
			} `json:"payments"`
			Next string `json:"next"`
		}
		a, err := s.Get(path)
		if err != nil || a.Status != 200 || json.Unmarshal([]byte(a.Body), &page) != nil {
			t.Fatalf("its payments: %v, %v", a, err)
		}
		for _, p := range page.Payments {
			o := has[p.Status]
			has[p.Status] = rush.Outcome{Outcome: p.Status, Count: o.Count + 1, Amount: o.Amount + p.Amount}
		}
		if page.Next == "" {
			break
		}
		path = "/api/products/" + product + "/payments?limit=1000&after=" + page.Next
	}
	for _, o := range told.Payments {
		if o != has[o.Outcome] && o.Count+has[o.Outcome].Count > 0 {
			found = append(found, fmt.Sprintf("the shop was told of %+v, the server has %+v", o, has[o.Outcome]))
		}
	}
	if has["paid"].Count == 0 || has["refund_due"].Count == 0 || has["late"].Count > 0 {
		found = append(found, fmt.Sprintf("the server has %+v", has))
	}
	return found
}
