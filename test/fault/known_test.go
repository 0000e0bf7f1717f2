package fault

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"seckill/test/program"
)

// Where buyers are known: exactly a hundred units, each somebody's who proved it; and who
// bought finds the order by the same pass after a kill, which nobody else does.
func TestKnownBuyers(t *testing.T) {
	data, folder := t.TempDir(), t.TempDir()
	keys, passes := filepath.Join(folder, "keys.json"), filepath.Join(folder, "passes.csv")
	mustWrite(t, keys, fmt.Appendf(nil, `{"kty":"oct","k":%q}`, strings.Repeat("A", 43)))
	flags := []string{
		"--admin-token", "open-sesame-open-sesame",
		"--buyer-auth", "jwt", "--buyer-keys", "file:" + keys, "--buyer-issuer", "https://shop", "--buyer-audience", "seckill",
	}
	operators := func() *server {
		s := serve(t, bin, data, flags...)
		s.Token = "open-sesame-open-sesame"
		return s
	}
	s := operators()
	s.Put(t, "1", `{"quantity":100,"payment_window":"1h"}`)
	code, lines := program.Run(t, bin, "pass", "--data", data, "--count", "2000")
	if code != 0 {
		t.Fatal(lines)
	}
	mustWrite(t, passes, []byte(lines))
	if found := soldExactly(t, s, 100, 2000, "1s", "--passes", passes); len(found) > 0 {
		t.Error(most(found))
	}
	rows, err := csv.NewReader(strings.NewReader(lines)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	pass := map[string]string{}
	for _, row := range rows {
		pass[row[0]] = row[1]
	}
	sold := s.Orders(t, "1")
	s.Kill()
	s = operators()
	for i, o := range sold {
		buyer, other := *s, *s
		buyer.Token, other.Token = pass[o.User], pass[sold[(i+1)%len(sold)].User]
		if a, err := buyer.Buy("1", o.User, ""); err != nil || a.Kind != "already_bought" || a.Order.ID != o.ID {
			t.Errorf("%s is told %v, %v, not of %s", o.User, a, err, o.ID)
		}
		if a, err := other.Buy("1", o.User, ""); err != nil || a.Kind != "not_you" && a.Kind != "sold_out" || a.Order.ID != "" {
			t.Errorf("somebody else who buys as %s is told %v, %v", o.User, a, err)
		}
		if a, err := other.Ask("POST", "/api/orders/"+o.ID+"/cancel", "", ""); err != nil || a.Status != 404 {
			t.Errorf("somebody else who cancels for %s is told %v, %v", o.User, a, err)
		}
	}
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}
