package cluster

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"seckill/test/program"
)

// Processes and servers are killed in the middle of a sale whose buyers prove who they are, by the
// shop's tokens; and each order is its buyer's in every process then, by a pass, too.
func TestKillsWhereBuyersAreKnown(t *testing.T) {
	on := sharedServers(t)
	secret := bytes.Repeat([]byte("k"), 32)
	keys := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(keys, fmt.Appendf(nil, `{"kty":"oct","k":%q}`, base64.RawURLEncoding.EncodeToString(secret)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"ADMIN_TOKEN": adminToken, "BUYER_AUTH": "jwt", "BUYER_KEYS": "file:" + keys, "BUYER_ISSUER": "https://shop", "BUYER_AUDIENCE": "seckill"} {
		t.Setenv("SECKILL_"+name, value)
	}
	c := start(t, bin, on.flags())
	c.shop = func(user string) string {
		claims := jwt.MapClaims{"iss": "https://shop", "aud": "seckill", "sub": user, "exp": time.Now().Add(time.Hour).Unix()}
		token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(secret)
		if err != nil {
			t.Error(err)
		}
		return token
	}
	s := c.sell(8_000)
	c.any().Kill()
	c.launchAPI()
	s.goesOn("a process where buyers are known was killed")
	for name, n := range map[string]interface{ Kill() }{"Redis": on.redis, "Postgres": on.postgres} {
		s.sold(pace)
		n.Kill()
		up(t, on.nodes()...)
		s.goesOn(name + " killed where buyers are known")
	}
	s.finish()
	s.othersSeeNothing(on)
}

// othersSeeNothing asks for one order as its buyer, by a pass that another process made, and as somebody else.
func (s *sale) othersSeeNothing(on *servers) {
	s.t.Helper()
	orders := s.c.any().Orders(s.t, s.product)
	mine, theirs := orders[0], orders[1]
	code, pass := program.Run(s.t, bin, "pass", "--postgres", on.postgres.URL(), "--user", mine.User)
	if code != 0 {
		s.t.Fatal(pass)
	}
	for _, at := range s.c.apis {
		if !at.Running() {
			continue
		}
		for token, want := range map[string]int{string(bytes.TrimSpace([]byte(pass))): http.StatusOK, s.c.shop(mine.User): http.StatusOK, s.c.shop(theirs.User): http.StatusNotFound, "": http.StatusNotFound} {
			a, err := at.As(token).Get("/api/orders/" + mine.ID)
			if err != nil || a.Status != want {
				s.t.Errorf("order %s of %s is asked for by %q: %v, %v, not %d", mine.ID, mine.User, token, a, err, want)
			}
			if a, err = at.As(token).Buy(s.product, mine.User, ""); want != http.StatusOK && (err != nil || a.Order.ID != "" || a.Status < 400) {
				s.t.Errorf("%q buys as %s: %v, %v", token, mine.User, a, err)
			}
		}
	}
}
