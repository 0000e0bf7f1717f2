package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
)

// drainMost is how much of a body that is too large is read, so that its sender
// gets to see the answer: a connection closed over unread bytes is reset.
const drainMost = 64 << 20

// precheck looks at what every request has to fulfil, whatever it is for.
func (a *API) precheck(ctx *fasthttp.RequestCtx) (kind, bool) {
	if !plainLines(&ctx.Request.Header) {
		ctx.SetConnectionClose()
		return malformed, false
	}
	host := ctx.Host()
	if !a.isCalled(host) {
		return wrongHost, false
	}
	if !safe(ctx) && crossSite(&ctx.Request.Header, host) {
		return crossOrigin, false
	}
	return fits(ctx)
}

// plainLines reports whether the headers can be read in one way only, of those in
// which another server on the path may have read them: fasthttp takes lines that
// end without a carriage return, lines that go on, and two framings of a body.
func plainLines(h *fasthttp.RequestHeader) bool {
	chunked := h.ContentLength() == -1
	for rest := h.RawHeaders(); len(rest) > 0; {
		n := bytes.IndexByte(rest, '\n')
		if n < 1 || rest[n-1] != '\r' || rest[0] == ' ' || rest[0] == '\t' || chunked && isLength(rest[:n]) {
			return false
		}
		rest = rest[n+1:]
	}
	return true
}

func isLength(line []byte) bool {
	name, _, _ := bytes.Cut(line, []byte(":"))
	return bytes.EqualFold(name, []byte("Content-Length"))
}

func safe(ctx *fasthttp.RequestCtx) bool { return ctx.IsGet() || ctx.IsHead() || ctx.IsOptions() }

// isCalled reports whether host, with or without a port, is a name of this server. A page of a
// foreign one that was made to resolve to here is of this site to a browser.
func (a *API) isCalled(host []byte) bool {
	switch {
	case a.isNamed(host):
		return true
	case a.loopback:
		return localName(host)
	case a.Hosts != nil:
		return isAddress(host) || localName(host)
	}
	return !a.Auth.Open() || nearName(host)
}

// isNamed reports whether host is what somebody said that the server may be called.
func (a *API) isNamed(host []byte) bool {
	return slices.ContainsFunc(a.Hosts, func(name string) bool { return strings.EqualFold(name, string(withoutPort(host))) })
}

// localName reports whether host, with or without a port, names this machine to itself.
func localName(host []byte) bool {
	host = withoutPort(host)
	switch string(host) {
	case "localhost", "127.0.0.1", "[::1]":
		return true
	}
	ip := net.ParseIP(string(bytes.Trim(host, "[]")))
	return ip != nil && ip.IsLoopback()
}

// isAddress reports whether host, with or without a port, is no name at all.
func isAddress(host []byte) bool {
	return net.ParseIP(string(bytes.Trim(withoutPort(host), "[]"))) != nil
}

// nearName reports whether host, with or without a port, is one that no stranger can
// have made resolve to here: an address, or a name without a dot, as in a network of
// containers.
func nearName(host []byte) bool {
	return bytes.IndexByte(host, '.') < 0 || isAddress(host)
}

func withoutPort(host []byte) []byte {
	if i := bytes.LastIndexByte(host, ':'); i >= 0 && bytes.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
}

// crossSite is the rule of http.CrossOriginProtection: a browser says where a
// request comes from, and other clients cannot be made to send one.
func crossSite(h *fasthttp.RequestHeader, host []byte) bool {
	switch string(h.Peek("Sec-Fetch-Site")) {
	case "":
	case "same-origin", "none":
		return false
	default:
		return true
	}
	origin := h.Peek("Origin")
	if len(origin) == 0 {
		return false
	}
	u, err := url.Parse(string(origin))
	return err != nil || u.Host != string(host)
}

// mostOf is how large a body may be, in bytes.
func mostOf(h *fasthttp.RequestHeader) int64 {
	if string(h.RequestURI()) == stripePath {
		return maxEvent
	}
	return maxBody
}

// fits reads a body that was sent in chunks or is an event, and refuses one that is too large.
func fits(ctx *fasthttp.RequestCtx) (kind, bool) {
	length, most := ctx.Request.Header.ContentLength(), mostOf(&ctx.Request.Header)
	stream := ctx.RequestBodyStream()
	switch {
	case stream == nil:
		return 0, true
	case int64(length) > most:
		drain(ctx, stream)
		return tooLarge, false
	case length >= 0 && length <= maxBody:
		ctx.Request.SwapBody(ctx.Request.SwapBody(nil)) // it is here already; Body would warn of the stream each time
		return 0, true
	}
	body, err := io.ReadAll(io.LimitReader(stream, most+1))
	switch {
	case err != nil:
		ctx.SetConnectionClose()
		return unreadableKind(err), false
	case int64(len(body)) > most:
		drain(ctx, stream)
		return tooLarge, false
	}
	for range ctx.Request.Header.Trailers() { // it would count as a header that a proxy in front has not looked at
		ctx.SetConnectionClose()
		return malformed, false
	}
	ctx.Request.SetBodyRaw(body)
	return 0, true
}

func drain(ctx *fasthttp.RequestCtx, stream io.Reader) {
	if _, err := io.CopyN(io.Discard, stream, drainMost); !errors.Is(err, io.EOF) {
		ctx.SetConnectionClose()
	}
}

// expect answers a client that asks before it sends its body.
func expect(ctx *fasthttp.RequestCtx) int {
	if !plainLines(&ctx.Request.Header) {
		problem(malformed).send(ctx)
		return fasthttp.StatusBadRequest
	}
	if int64(ctx.Request.Header.ContentLength()) <= mostOf(&ctx.Request.Header) {
		return fasthttp.StatusContinue
	}
	problem(tooLarge).send(ctx)
	return fasthttp.StatusRequestEntityTooLarge
}

// unreadable answers what fasthttp could not read as a request.
func (a *API) unreadable(ctx *fasthttp.RequestCtx, err error) {
	problem(unreadableKind(err)).send(ctx)
}

func unreadableKind(err error) kind {
	if _, ok := errors.AsType[*fasthttp.ErrSmallBuffer](err); ok {
		return headersTooLarge
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return timedOut
	}
	return malformed
}
