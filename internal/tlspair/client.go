package tlspair

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

// Client has who connects by config believe those alone whose certificates the file ca
// has, and show the certificate in cert, with its key, to a server that asks for one; what
// is empty changes nothing. All are PEM. The pair is read again with each connection: while
// it is none, as the files change, the one before is shown.
func Client(config *tls.Config, ca, cert, key string) error {
	switch {
	case (cert == "") != (key == ""):
		return errors.New("one of cert and key: give both")
	case ca+cert == "":
		return nil
	case config == nil:
		return errors.New("ca, or cert and key, without TLS: write rediss:// or kafkas://")
	}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return fmt.Errorf("a ca that cannot be read: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("a ca without a certificate in it: %s", ca)
		}
	}
	if cert == "" {
		return nil
	}
	first, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("cert and key that are no pair: %w", err)
	}
	var good atomic.Pointer[tls.Certificate]
	good.Store(&first)
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if again, err := tls.LoadX509KeyPair(cert, key); err == nil {
			good.Store(&again)
		}
		return good.Load(), nil
	}
	return nil
}
