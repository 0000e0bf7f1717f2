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

func newLimits(r Rates, elapsed func() time.Duration) limits {
	return limits{newLimiter("user", r.User, elapsed), newLimiter("address", r.Address, elapsed), newLimiter("product", r.Product, elapsed)}
}

const (
	shards = 64
	// mostDue keys are remembered in a shard. With more all are forgotten, and may ask
	// anew: no number of keys costs more memory, or anybody their rate.
	mostDue = 1 << 14
)

// A limiter lets each key pass so many times a second, and as many at once after
// a second's rest. It remembers nobody who has rested for longer than that, and no
// more than some.
type limiter struct {
	name    string        // of its policy, as answers tell it
	step    time.Duration // of one request
	room    time.Duration // how far ahead of the clock a key may be
	elapsed func() time.Duration
	seed    maphash.Seed

	shards [shards]struct {
		sync.Mutex
		due   map[uint64]time.Duration // hash of a key -> when everything it asked for is paid for
		swept time.Duration
	}
}

// newLimiter makes one of a rate; nil: there is none.
func newLimiter(name string, rate float64, elapsed func() time.Duration) *limiter {
	if rate <= 0 {
		return nil
	}
	step := time.Duration(float64(time.Second) / rate)
	l := &limiter{name: name, step: step, room: max(time.Second, step), elapsed: elapsed, seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].due = map[uint64]time.Duration{}
	}
	return l
}

// wait is for how long the key has to; 0: it passes. It is the generic cell rate algorithm:
// whoever passes moves the key's due time on by a step, not further than room beyond the clock.
func (l *limiter) wait(key uint64) time.Duration {
	now := l.elapsed()
	s := &l.shards[key%shards]
	s.Lock()
	defer s.Unlock()
	if now-s.swept > l.room {
		for k, due := range s.due {
			if due <= now {
				delete(s.due, k)
			}
		}
		s.swept = now
	}
	due := max(s.due[key], now) + l.step
	if due-now > l.room {
		return due - now - l.room
	}
	if len(s.due) >= mostDue {
		clear(s.due)
	}
	s.due[key] = due
	return 0
}

// ofUser is the key of a proven user, or of one who is believed and comes from there.
func (l *limiter) ofUser(user []byte, from netip.Prefix) uint64 {
	return maphash.Bytes(l.seed, user) ^ l.ofAddress(from)
}

func (l *limiter) ofAddress(from netip.Prefix) uint64 { return maphash.Comparable(l.seed, from) }

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
func (a *API) addressLimited(ctx *fasthttp.RequestCtx) bool {
	l := a.limits.address
	if l == nil || !bytes.HasPrefix(ctx.Path(), apiPrefix) {
		return false
	}
	from, bounded := a.stranger(nativeRequest{ctx})
	if !bounded {
		return false
	}
	wait := l.wait(l.ofAddress(from))
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
	if l = a.limits.user; l != nil {
		var from netip.Prefix // a proven user is the same from anywhere
		if a.Buyers == nil {
			from = a.origin(nativeRequest{ctx})
		}
		if wait = l.wait(l.ofUser(r.user, from)); wait > 0 {
			return l, wait
		}
	}
	if l = a.limits.product; l != nil {
		wait = l.wait(l.ofProduct(r.product))
	}
	return l, wait
}
