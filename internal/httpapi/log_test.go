package httpapi

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

// What nobody foresaw is logged under the request's id, which its sender is told: the
// one that they gave, if it is one, else one of our own.
func TestWhatNobodyForesaw(t *testing.T) {
	var log bytes.Buffer
	var at *shop
	s := serve(t, func(shop *shop, c *Config) {
		at = shop
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	s.do(t, "PUT", "/api/products/1", `{"quantity":9}`).want(t, 201)
	at.set(func() { at.failed = errors.New("something else") })
	for given, want := range map[string]string{"": `^[a-z0-9]{6}-[0-9a-f]+$`, "by-nginx-1": `^by-nginx-1$`, "by \"nginx": `^[a-z0-9]{6}-[0-9a-f]+$`} {
		log.Reset()
		a := s.buy(t, "1", "u", "X-Request-Id", given).want(t, 500)
		id := a.Header.Get("X-Request-Id")
		if !regexp.MustCompile(want).MatchString(id) {
			t.Errorf("under %q it is told as %q", given, id)
		}
		if said := log.String(); !strings.Contains(said, `msg="unexpected error" request_id=`+id+` err="something else"`) || strings.Contains(said, "user") {
			t.Errorf("under %q the log says %s", given, said)
		}
	}
}
