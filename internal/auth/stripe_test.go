package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestStripe(t *testing.T) {
	const secret, body = "whsec_test_secret_of_an_endpoint", `{"id":"evt_1"}`
	now := time.Unix(1_800_000_000, 0)
	s, err := NewStripe(secret, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	signed := func(key, body string, at int64) string {
		mac := hmac.New(sha256.New, []byte(key))
		fmt.Fprintf(mac, "%d.%s", at, body)
		return hex.EncodeToString(mac.Sum(nil))
	}
	at := now.Unix()
	right, wrong := signed(secret, body, at), signed("whsec_of_another_endpoint", body, at)
	for header, want := range map[string]bool{
		fmt.Sprintf("t=%d,v1=%s", at, right):                            true,
		fmt.Sprintf("t=%d,v1=%s,v0=%s", at, right, wrong):               true,
		fmt.Sprintf("t=%d, v1=%s, v1=%s", at, wrong, right):             true,
		fmt.Sprintf("t=%d,v1=%s", at-300, signed(secret, body, at-300)): true,
		fmt.Sprintf("t=%d,v1=%s", at-301, signed(secret, body, at-301)): false,
		fmt.Sprintf("t=%d,v1=%s", at+301, signed(secret, body, at+301)): false,
		fmt.Sprintf("t=%d,v1=%s", at, wrong):                            false,
		fmt.Sprintf("t=%d,v1=%s", at, signed(secret, body+" ", at)):     false,
		fmt.Sprintf("t=%d,v0=%s", at, right):                            false,
		fmt.Sprintf("t=%d,v1=%s", at-1, right):                          false,
		fmt.Sprintf("v1=%s", right):                                     false,
		fmt.Sprintf("t=%d", at):                                         false,
		fmt.Sprintf("t=%d,v1=", at):                                     false,
		"":                                                              false,
	} {
		if got := s.Check([]byte(body), header); got != want {
			t.Errorf("%s: %v", header, got)
		}
	}
	for _, none := range []string{"", "whsec_", "whsec_short", "sk_live_0123456789abcdef"} {
		if _, err := NewStripe(none, time.Now); !errors.Is(err, ErrStripeSecret) {
			t.Errorf("%q: %v", none, err)
		}
	}
}
