package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
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

// asker asks over TLS, and believes one certificate.
func asker(t *testing.T, authority *x509.CertPool) *http.Client {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority}}}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// With a certificate all works as without: the pages, those who run it, the commands beside it, a rush, a rehearsal.
func TestServeOverTLS(t *testing.T) {
	cert := harness.NewCertificate(t, t.TempDir(), time.Now(), "sale.example")
	data := t.TempDir()
	s := start(t, "serve", "--listen=0.0.0.0:0", "--ops-listen=127.0.0.1:0", "--insecure", "--admin-token=sixteen-letters-", "--hosts=sale.example",
		"--data", data, "--tls-cert", cert.Cert, "--tls-key", cert.Key)
	if said := s.output(); strings.Contains(said, "without TLS") || !strings.Contains(said, "https://localhost:") || !strings.Contains(said, "the certificate ends soon") {
		t.Error(said)
	}
	client := asker(t, cert.Authority)
	ask := func(method, url, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer sixteen-letters-")
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || strings.Contains(string(text), "/problems/") {
			t.Fatalf("%s %s: %s, %v", method, url, text, err)
		}
		return string(text)
	}
	site := "https://" + s.listen
	ask("PUT", site+"/api/products/1", `{"quantity":5}`)
	operations := regexp.MustCompile(`operations=(\S+)`).FindStringSubmatch(s.output())[1]
	if page := ask("GET", "https://"+operations+"/metrics", ""); !strings.Contains(page, "\nseckill_tls_certificate_end_timestamp_seconds 1") {
		t.Error("the certificate's end is not shown")
	}
	for _, command := range [][]string{
		{"ready", "--listen", s.listen, "--tls-cert", cert.Cert},
		{"token", "add", "ann", "--role=view", "--admin-token=sixteen-letters-", "--url", site},
		{"rush", "--url", site, "--product=1", "--buyers=200", "--over=100ms"},
		{"rush", "--url", site, "--product=1", "--buyers=50", "--over=0s", "--new-connections"},
		{"verify", "--data", data},
	} {
		c := program(t, command...)
		c.Env = append(c.Env, "SSL_CERT_FILE="+cert.Cert)
		if said, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", command, err, said)
		}
	}
	begun := ask("POST", site+"/api/rehearsals", `{"buyers":200,"over":"1s","quantity":20}`)
	id := regexp.MustCompile(`rehearsal-[\w-]+`).FindString(begun)
	for began := time.Now(); ; <-time.After(50 * time.Millisecond) {
		told := ask("GET", site+"/api/rehearsals/"+id, "")
		if strings.Contains(told, `"state":"done"`) && strings.Contains(told, `"errors":0`) && strings.Contains(told, `"placed":20`) {
			break
		}
		if !regexp.MustCompile(`"state":"(running|verifying)"`).MatchString(told) || time.Since(began) > time.Minute {
			t.Fatal(told)
		}
	}
	plain, err := http.Get("http://" + s.listen + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(plain.Body); err != nil || plain.StatusCode != 400 || !strings.Contains(string(text), "https://") {
		t.Errorf("without TLS: %d %s %v", plain.StatusCode, text, err)
	}
	plain.Body.Close()
	s.interrupt(t)
}

// The pair is changed while buyers buy: those who are there notice nothing, and those who come get the new one.
func TestACertificateIsChangedWhileItSells(t *testing.T) {
	folder := t.TempDir()
	cert := harness.NewCertificate(t, folder, time.Now())
	s := start(t, "serve", "--listen=127.0.0.1:0", "--data", t.TempDir(), "--tls-cert", cert.Cert, "--tls-key", cert.Key)
	old := asker(t, cert.Authority)
	buy := func(client *http.Client, user int) error {
		answer, err := client.Post("https://"+s.listen+"/api/products/1/orders", "application/json", strings.NewReader(fmt.Sprintf(`{"user_id":"u%d"}`, user)))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		if err == nil && answer.StatusCode != 404 {
			err = fmt.Errorf("status %d", answer.StatusCode)
		}
		return err
	}
	if err := buy(old, 0); err != nil {
		t.Fatal(err)
	}
	next := harness.NewCertificate(t, t.TempDir(), time.Now().Add(-time.Hour))
	for from, to := range map[string]string{next.Cert: cert.Cert, next.Key: cert.Key} { // as a link that is changed: at once
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	for began, user := time.Now(), 1; ; user++ {
		if err := buy(old, user); err != nil {
			t.Fatalf("over a connection of before: %v", err)
		}
		fresh := asker(t, next.Authority)
		err := buy(fresh, user)
		if err == nil {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("the new pair is not taken: %v", err)
		}
		<-time.After(50 * time.Millisecond)
	}
	if err := buy(old, -1); err != nil {
		t.Errorf("over a connection of before: %v", err)
	}
	s.interrupt(t)
}

// A wrong pair is told by its flag, before anything is made.
func TestAWrongPairIsWrongUsage(t *testing.T) {
	cert, other := harness.NewCertificate(t, t.TempDir(), time.Now()), harness.NewCertificate(t, t.TempDir(), time.Now())
	t.Chdir(t.TempDir())
	for want, pair := range map[string][2]string{
		"--tls-key must be the key of the certificate":               {cert.Cert, other.Key},
		"--tls-cert must be a certificate as PEM":                    {cert.Key, cert.Cert},
		"--tls-key cannot be read: open none: no such":               {cert.Cert, "none"},
		"--tls-cert cannot be read: read " + filepath.Dir(cert.Cert): {filepath.Dir(cert.Cert), cert.Key},
	} {
		code, stdout, stderr := say(over(t), "serve", "--tls-cert", pair[0], "--tls-key", pair[1])
		if code != 64 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d\n%s%s", want, code, stdout, stderr)
		}
	}
	if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
		t.Errorf("it made %v, %v", made, err)
	}
}
