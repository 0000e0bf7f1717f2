package httpapi

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPages(t *testing.T) {
	s := serve(t)
	for path, want := range map[string]string{
		"/": "console", "/products/1": "console", "/order/1": "console", "/buy/1": "buyer", "/mark.svg": "<svg/>",
	} {
		r := s.do(t, "GET", path, "", "Accept-Encoding", "identity").want(t, 200)
		if !strings.Contains(r.body, want) || r.header("Cache-Control") != "no-cache" || r.header("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s %v", path, r.body, r.Header)
		}
		if !strings.Contains(r.header("Content-Security-Policy"), "default-src 'self'") || r.header("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, r.Header)
		}
		s.do(t, "GET", path, "", "If-None-Match", r.header("ETag")).want(t, 304)
		if head := s.do(t, "HEAD", path, "", "Accept-Encoding", "identity").want(t, 200); head.ContentLength != int64(len(r.body)) {
			t.Errorf("HEAD %s: %v", path, head.Header)
		}
	}
	for _, path := range []string{"/index.html", "/buy", "/.keep", "/assets/", "/assets", "/assets/none.js", "/favicon.ico", "/products/1/2", "/problems/x"} {
		s.do(t, "GET", path, "").problem(t, notFound)
	}
}

// A page's own script runs, as it stands there, and no other that is written into a page.
func TestTheScriptOfAPage(t *testing.T) {
	const script = "early = {}"
	sum := sha256.Sum256([]byte(script))
	s := serve(t, func(_ *shop, c *Config) {
		c.Pages = fstest.MapFS{"index.html": {Data: []byte("<script>" + script + "</script>")}, "buy.html": {Data: []byte("<p>")}}
	})
	for path, want := range map[string]string{"/": "; script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", "/buy/1": "; script-src 'self'"} {
		if p := s.do(t, "GET", path, "").want(t, 200).header("Content-Security-Policy"); !strings.HasSuffix(p, want) {
			t.Errorf("%s: %s", path, p)
		}
	}
}

// Whoever goes astray with a browser has a page that says so; programs have a problem.
func TestAPageForUnknownAddresses(t *testing.T) {
	s := serve(t)
	browser := []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding", "gzip"}
	for _, path := range []string{"/nowhere", "/products", "/products/1/2"} {
		r := s.do(t, "GET", path, "", browser...).want(t, 404)
		if !strings.HasPrefix(r.header("Content-Type"), "text/html") || !strings.Contains(r.header("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %v", path, r.Header)
		}
		s.do(t, "GET", path, "", append(browser, "If-None-Match", r.header("ETag"))...).want(t, 404)
		s.do(t, "POST", path, "", browser...).problem(t, notFound)
		s.do(t, "GET", path, "", "Accept", "application/json").problem(t, notFound)
	}
	s.do(t, "GET", "/api/nowhere", "", browser...).problem(t, notFound)
	s.do(t, "POST", "/livez", "", browser...).problem(t, methodNotAllowed)
}

func TestAssets(t *testing.T) {
	s := serve(t)
	r := s.do(t, "GET", "/assets/app-1a2b3.js", "", "Accept-Encoding", "gzip, br").want(t, 200)
	if r.header("Content-Encoding") != "gzip" || r.header("Vary") != "Accept-Encoding" ||
		r.header("Cache-Control") != "public, max-age=31536000, immutable" || !strings.Contains(r.header("Content-Type"), "javascript") {
		t.Errorf("%v", r.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if plain := s.do(t, "GET", "/assets/app-1a2b3.js", "", "Accept-Encoding", "identity").body; err != nil || string(raw) != plain {
		t.Error("packed and unpacked are not the same")
	}
	for encoding, tag := range map[string]string{"gzip": r.header("ETag"), "identity": `W/"x", *`} {
		s.do(t, "GET", "/assets/app-1a2b3.js", "", "Accept-Encoding", encoding, "If-None-Match", tag).want(t, 304)
	}
	if s.do(t, "GET", "/assets/app-1a2b3.js", "", "Accept-Encoding", "identity").header("ETag") == r.header("ETag") {
		t.Error("packed and unpacked have one tag: a part of one would do for a part of the other")
	}
}

func TestPagesThatAreNotBuilt(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Pages = fstest.MapFS{".keep": {}} })
	for _, path := range []string{"/", "/order/1", "/buy/1"} {
		if r := s.do(t, "GET", path, "").want(t, 503); !strings.Contains(r.body, "not built") || !strings.HasPrefix(r.header("Content-Type"), "text/html") {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	s.do(t, "GET", "/livez", "").want(t, 200)
}

// Who asks for the largest of them, and does not take it, costs a connection, and no copy of it. Nor does who asks for the
// description of the API.
func TestPagesAreNotCopied(t *testing.T) {
	const size = 16 << 20
	s := serve(t, func(_ *shop, c *Config) { c.Pages = fstest.MapFS{"assets/large.js": {Data: make([]byte, size)}} })
	notCopied(t, s, "/assets/large.js", size, 8, 1)
	document := s.do(t, "GET", "/openapi.json", "").want(t, 200).body
	notCopied(t, s, "/openapi.json", len(document), 200, 100) // more than the system keeps of what is sent
}

// notCopied has so many ask, so many times, and take nothing.
func notCopied(t *testing.T, s *server, path string, size, readers, times int) {
	t.Helper()
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := used()
	for range readers {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.(*net.TCPConn).SetReadBuffer(4096)
		request := "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-\r\nIf-None-Match: \"x\"\r\n\r\n"
		if _, err := io.WriteString(c, strings.Repeat(request, times)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil { // it is on its way
			t.Fatal(err)
		}
	}
	if more := int64(used()) - int64(before); more > int64(readers*size/4) {
		t.Errorf("%s: %d readers of %d KB cost %d KB of memory", path, readers, size>>10, more>>10)
	}
}
