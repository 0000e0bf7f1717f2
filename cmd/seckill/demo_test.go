package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	harness "seckill/test/program"
)

// The demo is a sale that serves, and whose rehearsal has begun where it says.
func TestDemo(t *testing.T) {
	cert := harness.NewCertificate(t, t.TempDir(), time.Now())
	for token, pair := range map[string][]string{"": nil, "a token of the demo": nil, "over TLS": {"--tls-cert", cert.Cert, "--tls-key", cert.Key}} {
		c := program(t, append([]string{"demo", "--listen=127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data"), "--admin-token=" + token}, pair...)...)
		c.Env = append(c.Env, "DISPLAY=", "WAYLAND_DISPLAY=")
		var log bytes.Buffer
		c.Stderr = &log
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		var page []string
		for lines := bufio.NewScanner(out); page == nil && lines.Scan(); {
			page = regexp.MustCompile(`Demo +(https?://localhost:\d+)/products/(\S+)`).FindStringSubmatch(lines.Text())
		}
		if page == nil {
			t.Fatal("it ended", c.Wait())
		}
		ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page[1]+"/api/rehearsals/"+page[2], nil)
		if err != nil {
			t.Fatal(err)
		}
		ask.Header.Set("Authorization", "Bearer "+token)
		answer, err := asker(t, cert.Authority).Do(ask)
		if err != nil {
			t.Fatal(err)
		}
		var told struct{ ID string }
		if err := json.NewDecoder(answer.Body).Decode(&told); err != nil || told.ID != page[2] {
			t.Errorf("%+v, %v", told, err)
		}
		answer.Body.Close()
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(out); err != nil || !strings.HasSuffix(string(rest), "Stopped. Every order is kept.\n") {
			t.Errorf("%q, %v", rest, err)
		}
		if err := c.Wait(); err != nil || !strings.Contains(log.String(), "because=interrupted") {
			t.Errorf("%v\n%s", err, &log)
		}
	}
}
