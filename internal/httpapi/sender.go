package httpapi

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/valyala/fasthttp"

	"seckill/internal/identity"
)

// A Sender is who sends a request. hangUp has its connection closed with the answer.
type Sender struct {
	request identity.Request
	hangUp  func()
}

// Resolve implements huma.Resolver.
func (s *Sender) Resolve(c huma.Context) []error {
	*s = senderOf(humago.Unwrap(c))
	return nil
}

func senderOf(r *http.Request, w http.ResponseWriter) Sender {
	return Sender{otherRequest{r}, func() { w.Header().Set("Connection", "close") }}
}

// A nativeRequest is an identity.Request.
type nativeRequest struct{ ctx *fasthttp.RequestCtx }

func (r nativeRequest) Peer() netip.Addr {
	if tcp, ok := r.ctx.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

func (r nativeRequest) Values(header string) [][]byte { return r.ctx.Request.Header.PeekAll(header) }

func (r nativeRequest) Cookie(name string) []byte { return r.ctx.Request.Header.Cookie(name) }

func (r nativeRequest) Secure() bool { return r.ctx.IsTLS() }

// An otherRequest is an identity.Request, too.
type otherRequest struct{ *http.Request }

func (r otherRequest) Peer() netip.Addr {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap()
}

func (r otherRequest) Values(header string) (values [][]byte) {
	for _, v := range r.Header.Values(header) {
		values = append(values, []byte(v))
	}
	return values
}

func (r otherRequest) Cookie(name string) []byte {
	if c, err := r.Request.Cookie(name); err == nil {
		return []byte(c.Value)
	}
	return nil
}

func (r otherRequest) Secure() bool { return r.TLS != nil }

// credentials are what a request shows of an operator.
type credentials struct {
	authorization, session string
	Sender
}

// shownBy is what a request on a native route shows.
func (a *API) shownBy(ctx *fasthttp.RequestCtx, operation string) credentials {
	return a.shown(Sender{nativeRequest{ctx}, ctx.SetConnectionClose}, operation)
}

// shown is what s shows for an operation. Over TLS a session under the plain name may be planted, by another
// host or on the way; and on a buyer's route Authorization may be of the proxy that names the buyer.
func (a *API) shown(s Sender, operation string) credentials {
	c := credentials{session: string(s.request.Cookie(secureCookie)), Sender: s}
	if c.session == "" && !a.Trusted.OverTLS(s.request) {
		c.session = string(s.request.Cookie(plainCookie))
	}
	if all := s.request.Values("Authorization"); len(all) > 0 && !(accesses[operation].public && a.isProxys(s.request)) {
		c.authorization = string(all[0])
	}
	return c
}

// origin is where a request comes from, by address; of IPv6 it is the network, in which one host may
// have any address.
func (a *API) origin(r identity.Request) netip.Prefix {
	return identity.Network(a.Trusted.Client(r))
}
