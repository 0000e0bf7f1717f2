package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"seckill/internal/sale"
)

// A reply is an answer, read.
type reply struct {
	*http.Response
	body string
}

// do sends a request; header is name, value, name, value. A body without a
// Content-Type header is announced as JSON.
func (s *server) do(t *testing.T, method, path, body string, header ...string) reply {
	t.Helper()
	return s.by(t, http.DefaultTransport, method, path, body, header...)
}

// by asks over a transport.
func (s *server) by(t *testing.T, over http.RoundTripper, method, path, body string, header ...string) reply {
	t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" && !slices.Contains(header, "Content-Type") {
		header = append(header, "Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		if header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	resp, err := over.RoundTrip(r) // follows no redirects
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp, string(read)}
}

func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d, not %d: %s", r.StatusCode, status, r.body)
	}
	return r
}

// json reads the body into v, which must know every field.
func (r reply) json(t *testing.T, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(r.body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
}

// problem checks that the answer is a problem of this kind, and returns it.
func (r reply) problem(t *testing.T, k kind) Problem {
	t.Helper()
	var p Problem
	if got := r.Header.Get("Content-Type"); got != problemType {
		t.Fatalf("Content-Type %q, status %d: %s", got, r.StatusCode, r.body)
	}
	r.json(t, &p)
	want := problem(k)
	if p.Type != want.Type || p.Title != want.Title || p.Status != want.Status || r.StatusCode != want.Status {
		t.Fatalf("status %d, %s; not %s", r.StatusCode, r.body, want.Type)
	}
	return p
}

// field is the rule that a problem says a field broke.
func (p *Problem) field(t *testing.T, name string) string {
	t.Helper()
	i := slices.IndexFunc(p.Errors, func(f sale.FieldError) bool { return f.Field == name })
	if i < 0 || p.Errors[i].Rule == "" {
		t.Fatalf("no rule of %q among %v", name, p.Errors)
	}
	return p.Errors[i].Rule
}

// broke demands that this field, and no other, is said to have broken this rule.
func (p *Problem) broke(t *testing.T, field, rule string) {
	t.Helper()
	if len(p.Errors) != 1 || p.Errors[0].Field != field || p.Errors[0].Rule != rule || p.Errors[0].Code == "" {
		t.Errorf("%+v, not %s %s", p.Errors, field, rule)
	}
}

// The rules that more than one kind of bad body breaks.
const (
	userRule     = "must be 1 to 120 characters of A-Z, a-z, 0-9 and . _ ~ : @ | / + = -"
	idRule       = "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -"
	jsonRule     = "must be JSON in UTF-8"
	objectRule   = "must be a JSON object"
	onceRule     = "must be given once"
	unknownRule  = "is not a field of this request"
	wholeRule    = "must be a whole number from 1 to 10000000"
	limitRule    = "must be a whole number from 1 to 100"
	textRule     = "must be text"
	nameRule     = "must be at most 200 characters, without control characters, line breaks or bidirectional overrides"
	timeRule     = "must be an RFC 3339 time, from 1970 to 9999, like 2026-11-11T20:00:00+08:00"
	durationRule = `must be a duration, like "15m" or "0s"`
	windowRule   = "must be 0s, or 10s to 168h"
	amountRule   = "must be a whole number from 1 to 100000000000"
	linkRule     = "must be an http or https URL of at most 1000 ASCII characters, without a user"
	sizeRule     = "must be at most 4 KiB"
)

func (s *server) buy(t *testing.T, product, user string, header ...string) reply {
	t.Helper()
	return s.do(t, "POST", "/api/products/"+product+"/orders", `{"user_id":"`+user+`"}`, header...)
}

func (r reply) order(t *testing.T) (o Order) {
	t.Helper()
	r.json(t, &o)
	return o
}

func (r reply) product(t *testing.T) (p Product) {
	t.Helper()
	r.json(t, &p)
	return p
}
