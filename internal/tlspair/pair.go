// Package tlspair speaks TLS with a certificate and a key that are read again when
// their files change.
//
// It promises that there is a good pair at any time, from Open on. New files that do
// not belong together, as while only one of them has been written, change nothing; if
// they stay so, a warning says it. Existing connections go on, and so do the sessions
// that clients resume.
//
// It speaks what Go's defaults allow: TLS 1.2 or newer, with Go's ciphers and curves.
// The protocol in it is HTTP/1.1, the only one that is answered.
package tlspair

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

const (
	// lookEvery is between two looks at the files.
	lookEvery = 2 * time.Second
	// endsSoon is how long before a certificate's end it is warned of.
	endsSoon = 14 * 24 * time.Hour
)

// A Wrong is the error of a file that is not what it has to be.
type Wrong struct {
	Key  bool // the key's file; else that of the certificate
	Rule string
}

func (w Wrong) Error() string { return w.Rule }

// A Pair is a certificate and its key.
type Pair struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time
	good              atomic.Pointer[tls.Certificate]
	config            *tls.Config

	// Of those who look at the files, one at a time:
	taken, failed stamps // of the good pair; of files that were none
	told          bool   // that those are none
}

// Open reads the pair. The certificate's file has those between it and its authority
// behind it, all as PEM. Errors: Wrong.
func Open(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Pair, error) {
	p := &Pair{certFile: certFile, keyFile: keyFile, log: log, now: now}
	p.config = &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.good.Load(), nil },
	}
	p.taken = p.stamps()
	return p, p.read()
}

// Config is how a server speaks TLS with the pair. It is one for all of a process, as are
// the sessions that may be resumed.
func (p *Pair) Config() *tls.Config { return p.config }

// Ends is when the certificate ends.
func (p *Pair) Ends() time.Time { return p.good.Load().Leaf.NotAfter }

// Watch reads the files again when they change, until ctx is done.
func (p *Pair) Watch(ctx context.Context, pause func(context.Context, time.Duration) error) {
	for pause(ctx, lookEvery) == nil {
		p.look()
	}
}

func (p *Pair) look() {
	s := p.stamps()
	if s == p.taken {
		p.failed = stamps{}
		return
	}
	err := p.read()
	switch {
	case err == nil:
		p.taken, p.failed = s, stamps{}
	case s != p.failed: // the other file may be on its way
		p.failed, p.told = s, false
	case !p.told:
		p.told = true
		p.log.Warn("the new certificate or key is not taken: the one before goes on", "error", err, "ends", p.Ends())
	}
}

// stamps tell of both files whether they are as they were.
type stamps [2]struct{ size, modified int64 }

func (p *Pair) stamps() (s stamps) {
	for i, name := range [...]string{p.certFile, p.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i].size, s[i].modified = info.Size(), info.ModTime().UnixNano()
		} else {
			s[i].size = -1 // it is missing
		}
	}
	return s
}

// read takes what is in the files.
func (p *Pair) read() error {
	cert, err := os.ReadFile(p.certFile)
	if err != nil {
		return Wrong{false, fmt.Sprintf("cannot be read: %v", err)}
	}
	key, err := os.ReadFile(p.keyFile)
	if err != nil {
		return Wrong{true, fmt.Sprintf("cannot be read: %v", err)}
	}
	if err := checkChain(cert); err != nil {
		return Wrong{false, fmt.Sprintf("must be a certificate as PEM, and those between it and its authority after it: %s: %v", p.certFile, err)}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return Wrong{true, fmt.Sprintf("must be the key of the certificate in %s, as PEM and without a passphrase: %s: %v", p.certFile, p.keyFile, err)}
	}
	p.good.Store(&pair)
	p.tell(pair.Leaf)
	return nil
}

func checkChain(text []byte) error {
	found := errors.New("it has none")
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if _, found = x509.ParseCertificate(block.Bytes); found != nil {
			return found
		}
	}
	return found
}

// tell logs whom the certificate names, and warns of one that clients will refuse.
func (p *Pair) tell(leaf *x509.Certificate) {
	about := []any{"names", leaf.DNSNames, "addresses", leaf.IPAddresses, "begins", leaf.NotBefore, "ends", leaf.NotAfter}
	switch now := p.now(); {
	case now.After(leaf.NotAfter):
		p.log.Warn("the certificate has ended: clients refuse it", about...)
	case now.Before(leaf.NotBefore):
		p.log.Warn("the certificate has not begun: clients refuse it", about...)
	case len(leaf.DNSNames)+len(leaf.IPAddresses) == 0:
		p.log.Warn("the certificate names nobody: clients refuse it", about...)
	case leaf.NotAfter.Sub(now) < endsSoon:
		p.log.Warn("the certificate ends soon", about...)
	default:
		p.log.Info("certificate", about...)
	}
}
