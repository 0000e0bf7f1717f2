package fault

import (
	"testing"
	"time"

	"seckill/test/program"
)

// The main job over TLS, on connections that buyers come back to, and on one for each: nobody gets an error.
func TestExactlyAHundredOverTLS(t *testing.T) {
	cert := program.NewCertificate(t, t.TempDir(), time.Now())
	t.Setenv("SSL_CERT_FILE", cert.Cert)
	for name, options := range map[string][]string{"few connections": nil, "a connection each": {"--new-connections"}} {
		data := t.TempDir()
		s := tryServe(t, bin, data, "--tls-cert", cert.Cert, "--tls-key", cert.Key).Believe(cert)
		if !s.Ready(t) {
			t.Fatal(s.Out.String())
		}
		s.Put(t, "1", `{"quantity":100}`)
		if found := soldExactly(t, s, 100, 10_000, "5s", options...); len(found) > 0 {
			t.Errorf("%s: %s", name, most(found))
		}
		if found := judged(t, data); len(found) > 0 {
			t.Errorf("%s: %s", name, most(found))
		}
		s.Stop(t)
	}
}
