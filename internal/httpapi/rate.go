package httpapi

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/identity"
)

// Rates are how much is let through a second; 0: any number. What is refused is not counted, and
// nobody can spend the rate of somebody else: a user who is only believed has theirs by address.
type Rates struct {
	User    float64 // buys of a user
	Address float64 // requests of an address, of IPv6 a /64; but for this machine's own
	Product float64 // buys of a product that ask its gate
}

// limits hold the rates; nil: no limit.
type limits struct{ user, address, product *limiter }

func newLimits(r Rates) limits {
	return limits{newLimiter("user", r.User), newLimiter("address", r.Address), newLimiter("product", r.Product)}
}

// ratePlaces are where a limiter remembers keys, by their hash.
const ratePlaces = 1 << 16

// A limiter lets each key pass so many times a second, and as many at once after
// a second's rest. Its memory is fixed.
type limiter struct {
	places [ratePlaces]ratePlace // first, so that each begins where a processor fetches

	name string        // of its policy, as answers tell it
	step time.Duration // of one request
	room time.Duration // how far ahead of the clock a key may be
	seed maphash.Seed
}

// A ratePlace is 64 bytes, as many as a processor fetches at once. Whoever comes to a full one takes the cell of
// who is paid for first, and that one may ask anew: no number of keys costs more memory, or anybody their rate.
type ratePlace struct {
	sync.Mutex
	cells [3]struct {
		key uint64        // a hash
		due time.Duration // when everything it asked for is paid for
	}
	_ [8]byte
}

// newLimiter makes one of a rate; nil: there is none.
func newLimiter(name string, rate float64) *limiter {
	if rate <= 0 {
		return nil
	}
	step := time.Duration(float64(time.Second) / rate)
	return &limiter{name: name, step: step, room: max(time.Second, step), seed: maphash.MakeSeed()}
}

// wait is for how long the key has to, by a clock that is never set back; 0: it passes. It is the generic cell rate
// algorithm: whoever passes moves the key's due time on by a step, not further than room beyond now.
func (l *limiter) wait(key uint64, now time.Duration) time.Duration {
	p := &l.places[key%ratePlaces]
	p.Lock()
	defer p.Unlock()
	cell, due := &p.cells[0], now
	for i := range p.cells {
		c := &p.cells[i]
		if c.key == key {
			cell, due = c, max(c.due, now)
			break
		}
		if c.due < cell.due {
			cell = c
		}
	}
	if due += l.step; due-now > l.room {
		return due - now - l.room
	}
	cell.key, cell.due = key, due
	return 0
}

// ofUser is the key of a proven user, or of one who is believed and comes from there.
func (l *limiter) ofUser(user []byte, from netip.Prefix) uint64 {
	return maphash.Bytes(l.seed, user) ^ l.ofAddress(from)
}

func (l *limiter) ofAddress(from netip.Prefix) uint64 {
	bytes := from.Addr().As16()
	return maphash.Bytes(l.seed, bytes[:])
}

func (l *limiter) ofProduct(id []byte) uint64 { return maphash.Bytes(l.seed, id) }

// refuse tells how long to wait, and by which policy (draft-ietf-httpapi-ratelimit-headers-10).
func (l *limiter) refuse(ctx *fasthttp.RequestCtx, wait time.Duration) kind {
	seconds := int((wait + time.Second - 1) / time.Second)
	refuse(ctx, rateLimited)
	h := &ctx.Response.Header
	h.Set("Retry-After", strconv.Itoa(seconds))
	h.Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", l.name, l.room/l.step, (l.room+time.Second-1)/time.Second))
	h.Set("RateLimit", fmt.Sprintf("%q;r=0;t=%d", l.name, seconds))
	return rateLimited
}

// addressLimited answers a request to the API whose address has spent its rate, however its path is written, and reports
// whether it has. This machine's own, such as a proxy that nobody trusts, stand for anybody.
func (a *API) addressLimited(ctx *fasthttp.RequestCtx, route nativeRoute) bool {
	l := a.limits.address
	if l == nil || route == otherRoute && !bytes.HasPrefix(ctx.Path(), apiPrefix) { // native routes are all of the API, and not read again
		return false
	}
	from, bounded := a.stranger(nativeRequest{ctx})
	if !bounded {
		return false
	}
	wait := l.wait(l.ofAddress(from), a.Since(ctx.Time()))
	if wait > 0 {
		l.refuse(ctx, wait)
	}
	return wait > 0
}

// stranger is where a request comes from, if what it may is bounded by that.
func (a *API) stranger(r identity.Request) (from netip.Prefix, bounded bool) {
	address := a.Trusted.Client(r)
	if address.IsLoopback() {
		return from, false
	}
	return identity.Network(address), true
}

// buyLimited is how long this buy has to wait, and by which limit.
func (a *API) buyLimited(ctx *fasthttp.RequestCtx, r *buyRequest) (l *limiter, wait time.Duration) {
	now := a.Since(ctx.Time())
	if l = a.limits.user; l != nil {
		var from netip.Prefix // a proven user is the same from anywhere
		if a.Buyers == nil {
			from = a.origin(nativeRequest{ctx})
		}
		if wait = l.wait(l.ofUser(r.user, from), now); wait > 0 {
			return l, wait
		}
	}
	if l = a.limits.product; l != nil {
		wait = l.wait(l.ofProduct(r.product), now)
	}
	return l, wait
}
