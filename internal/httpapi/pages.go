package httpapi

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/valyala/fasthttp"
)

// notBuilt stands in for the pages of a binary that was made without Node.
const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>seckill</title>
<meta name="color-scheme" content="light dark"><body style="font-family:system-ui;max-width:40em;margin:4em auto;padding:0 1em">
<h1>The pages are not built</h1><p>This binary was built without Node. The sale itself runs: its API is described at
<a href="/openapi.json">/openapi.json</a>. To get the pages, install Node 20.19 or later and build again.</p>`

const policy = "Content-Security-Policy"

// pageHeaders go with every page and what it loads: nothing from elsewhere but the image
// of a product, in no frame, and no order id told to other sites.
var pageHeaders = map[string]string{
	policy: "default-src 'self'; img-src 'self' data: https: http:; style-src 'self' 'unsafe-inline'; " +
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
	"Referrer-Policy": "no-referrer",
}

// inline is the script that stands in a page itself.
var inline = regexp.MustCompile(`<script>([^<]*)</script>`)

// A page is a file of the pages, and how it is served.
type page struct {
	kind, tag, policy string
	forever           bool // its name changes with its content
	raw               []byte
	// packed is once for all who come (docs/decisions/0024-pages-are-packed-once.md).
	packed func() []byte
}

// pages adds the routes of the pages to mux.
func (a *API) pages(mux *http.ServeMux) {
	a.index = a.page("index.html")
	buy := a.page("buy.html")
	mux.Handle("GET /{$}", a.index)
	mux.Handle("GET /products/{id}", a.index)
	mux.Handle("GET /order/{id}", a.index)
	mux.Handle("GET /buy/{id}", buy)
	_ = fs.WalkDir(a.Pages, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) != ".html" && !strings.HasPrefix(path.Base(name), ".") {
			mux.Handle("GET /"+name, a.page(name))
		}
		return err
	})
}

func (a *API) page(name string) http.Handler {
	raw, err := fs.ReadFile(a.Pages, name)
	if err != nil {
		return http.HandlerFunc(pageNotBuilt)
	}
	kind, sum := cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream"), sha256.Sum256(raw)
	p := &page{kind: kind, tag: hex.EncodeToString(sum[:12]), forever: strings.HasPrefix(name, "assets/"), raw: raw}
	p.policy = policyOf(raw, name == "buy.html" && a.Challenge != nil && a.Challenge.SiteKey != "")
	p.packed = sync.OnceValue(p.pack)
	return p
}

// policyOf lets a page's own script run, and the widget of a challenge where there is one.
func policyOf(raw []byte, widget bool) string {
	scripts, more := "; script-src 'self'", ""
	if found := inline.FindSubmatch(raw); found != nil {
		sum := sha256.Sum256(found[1])
		scripts += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	if widget {
		scripts, more = scripts+" "+challengeOrigin, "; frame-src "+challengeOrigin
	}
	return pageHeaders[policy] + scripts + more
}

func pageNotBuilt(w http.ResponseWriter, _ *http.Request) {
	pageHead(w.Header(), "text/html; charset=utf-8", false)
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, notBuilt) // who does not read the answer has gone
}

// pack is nil if it saves nothing.
func (p *page) pack() []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(p.raw) // into memory
	_ = z.Close()
	if b.Len() >= len(p.raw) {
		return nil
	}
	return b.Bytes()
}

// responseKey is where a handler of net/http finds the response that its own becomes.
type responseKey struct{}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, body, tag := w.Header(), p.raw, p.tag
	pageHead(h, p.kind, p.forever)
	h.Set(policy, p.policy)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if packed := p.packed(); packed != nil {
			h.Set("Content-Encoding", "gzip")
			body, tag = packed, tag+"-gzip"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	if has := r.Header.Get("If-None-Match"); strings.Contains(has, h.Get("ETag")) || strings.Contains(has, "*") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(http.StatusOK)
	sendKept(r, body)
}

// sendKept answers with what stays as it is: no copy, for who takes their time.
func sendKept(r *http.Request, body []byte) {
	if response, ok := r.Context().Value(responseKey{}).(*fasthttp.Response); ok {
		response.SetBodyRaw(body)
	}
}

func pageHead(h http.Header, kind string, forever bool) {
	for name, value := range pageHeaders {
		h.Set(name, value)
	}
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
}

// An astray gives the page that says that there is none at this address.
type astray struct{ http.ResponseWriter }

func (w astray) WriteHeader(status int) {
	if status == http.StatusOK {
		status = http.StatusNotFound
	}
	w.ResponseWriter.WriteHeader(status)
}
