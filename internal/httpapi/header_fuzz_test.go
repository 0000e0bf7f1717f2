package httpapi

import (
	"bufio"
	"bytes"
	"regexp"
	"testing"

	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// headerOf reads a request that has this header as often as it has values, as it
// comes over the wire; nil if nobody would take it for one.
func headerOf(name string, values ...string) *fasthttp.RequestHeader {
	wire := bytes.NewBufferString("GET / HTTP/1.1\r\nHost: localhost\r\n")
	for _, v := range values {
		wire.WriteString(name + ": " + v + "\r\n")
	}
	wire.WriteString("\r\n")
	h := &fasthttp.RequestHeader{}
	if err := h.Read(bufio.NewReader(wire)); err != nil {
		return nil
	}
	return h
}

var aKey = regexp.MustCompile(`^[ -~]{1,255}\z`)

// A key that is taken is one as published, and stands for one order.
func FuzzIdempotencyKey(f *testing.F) {
	for _, key := range []string{"", "k", " k ", "a b", "é", "\x00", "\x7f", "a\r\nIdempotency-Key: b", string(bytes.Repeat([]byte("k"), 256))} {
		f.Add(key, "")
		f.Add(key, "second")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		values := []string{first}
		if second != "" {
			values = append(values, second)
		}
		h := headerOf("Idempotency-Key", values...)
		if h == nil {
			return
		}
		key, ok := idempotencyKey(h)
		sent := len(h.PeekAll("Idempotency-Key"))
		switch {
		case sent == 0:
			if !ok || key != "" {
				t.Errorf("none was sent: %q, %v", key, ok)
			}
		case ok != (sent == 1 && aKey.MatchString(key)):
			t.Errorf("%q, sent %d times: %v", key, sent, ok)
		case ok && sale.KeyedOrderID(nil, "1", "u", key) == sale.KeyedOrderID(nil, "1", "u", key+" "):
			t.Errorf("%q is another key's order", key)
		}
	})
}

// No preference keeps a buyer waiting for longer than there is, or fails.
func FuzzPrefer(f *testing.F) {
	for _, v := range []string{"", "wait=5", "wait=99999999999", "respond-async, wait=10", `wait="3"`, "wait=-1", "WAIT = 2", "wait", ";;,,=", "wait=0"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		h := headerOf("Prefer", value)
		if h == nil {
			return
		}
		if wait, ok := preferredWait(h.PeekAll("Prefer")); wait < 0 || wait > maxWait || !ok && wait != 0 {
			t.Errorf("%q: %v, %v", value, wait, ok)
		}
	})
}
