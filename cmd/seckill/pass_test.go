package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// jwtFlags are those of a shop whose tokens nobody signs here: passes do.
func jwtFlags(t *testing.T) []string {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys.json")
	key := fmt.Sprintf(`{"kty":"oct","k":%q}`, base64.RawURLEncoding.EncodeToString(make([]byte, 32)))
	if err := os.WriteFile(keys, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--buyer-auth=jwt", "--buyer-keys=file:" + keys, "--buyer-issuer=https://shop", "--buyer-audience=seckill", "--insecure"}
}

// The passes of a sale that runs, and of one that does not, buy there and nowhere else.
func TestPassesBuy(t *testing.T) {
	data, other := t.TempDir(), t.TempDir()
	passes := filepath.Join(t.TempDir(), "passes.csv")
	s := start(t, append([]string{"serve", "--listen=localhost:0", "--data", data}, jwtFlags(t)...)...)
	if got := s.put(t); got != 201 {
		t.Fatalf("put: %d", got)
	}
	if got := s.send(t, "POST", "/api/products/1/orders", `{"user_id":"u"}`); got != 401 {
		t.Errorf("without a pass: %d", got)
	}
	mint := func(data string) {
		t.Helper()
		code, csv, stderr := say(t.Context(), "pass", "--data", data, "--count=100", "--seed=7")
		if code != 0 || strings.Count(csv, "\n") != 100 {
			t.Fatalf("exit %d\n%s%s", code, csv, stderr)
		}
		if err := os.WriteFile(passes, []byte(csv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mint(data)
	code, stdout, stderr := rushWith(t.Context(), "--url", "http://"+s.listen, "--passes", passes)
	if code != 0 || !strings.Contains(stdout, "5 placed, 0 errors") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	code, _, stderr = rushWith(t.Context(), "--url", "http://"+s.listen, "--passes", passes, "--buyers=101")
	if code != 64 || !strings.Contains(stderr, "--buyers must be 100 at most") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	s.interrupt(t)

	code, one, stderr := say(t.Context(), "pass", "--data", data, "--user=auth0|62f", "--groups=members,staff")
	if code != 0 || strings.ContainsAny(strings.TrimSpace(one), " \n.") {
		t.Errorf("exit %d\n%s%s", code, one, stderr)
	}
	if code, _, stderr := say(t.Context(), "pass", "--data", data, "--user=two words"); code != 1 || !strings.Contains(stderr, `"two words" is no user id`) {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	if code, _, stderr := say(t.Context(), "pass", "--data", filepath.Join(data, "none"), "--user=u"); code != 1 || !strings.Contains(stderr, "there is no sale in") {
		t.Errorf("exit %d\n%s", code, stderr)
	}

	s = start(t, append([]string{"serve", "--listen=localhost:0", "--data", other}, jwtFlags(t)...)...)
	s.put(t)
	code, stdout, _ = rushWith(t.Context(), "--url", "http://"+s.listen, "--passes", passes)
	if code != 1 || !strings.Contains(stdout, "0 placed, 100 errors") {
		t.Errorf("elsewhere: exit %d\n%s", code, stdout)
	}
	s.interrupt(t)
}

func TestPassesOfAWrongFile(t *testing.T) {
	url := shopOf(t, 1, 1000)
	for content, want := range map[string]string{
		"u1":               "must be lines of user,pass",
		"u1,p1,x":          "must be lines of user,pass",
		"u1,p1\nu 2,p2":    "line 2 must be user,pass",
		"u1,\"p\r\nX: y\"": "line 1 must be user,pass",
	} {
		path := filepath.Join(t.TempDir(), "passes.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := rushWith(t.Context(), "--url", url, "--buyers=1", "--passes", path); code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d\n%s", content, code, stderr)
		}
	}
}
