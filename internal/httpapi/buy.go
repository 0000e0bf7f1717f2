package httpapi

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

const (
	// maxWait bounds what a buyer may ask for with Prefer: wait.
	maxWait = 30 * time.Second
	// catchUp is how long a request waits for the store to pass what the log has.
	catchUp = time.Second
	// maxKey is the longest Idempotency-Key.
	maxKey = 255
)

// A buyRequest is a buy of the right form. Product and user are the request's
// own bytes.
type buyRequest struct {
	product, user []byte
	groups        []string // that the user is proven to be in
	key           string   // empty: none was sent
}

func (a *API) buy(ctx *fasthttp.RequestCtx, product []byte) {
	k := a.answerBuy(ctx, product)
	a.endTrace(ctx, product, k)
	took := time.Since(ctx.Time())
	a.count[k](took)
	if sold := a.sold[k]; sold != nil && sale.CheckID(product) {
		sold(product, ctx.Time().Add(took), took)
	}
	if a.logsBuys {
		a.logBuy(ctx, product, k, took)
	}
}

func (a *API) answerBuy(ctx *fasthttp.RequestCtx, product []byte) kind {
	r, ok := a.plainBuy(ctx, product)
	if !ok {
		var err error
		if r, err = a.strictBuy(ctx, product); err != nil {
			p := a.explainTo(ctx, err)
			p.send(ctx)
			return p.kind
		}
	}
	var unproven kind
	proven := true
	if a.Buyers != nil {
		if answer, sure := a.refuseUnproven(ctx, r.product); sure {
			return refused(ctx, &answer)
		}
		unproven, proven = a.identify(ctx, &r)
	}
	if a.logsBuys && a.LogUsers {
		ctx.SetUserValue(userKey, string(r.user))
	}
	if answer, sure := a.Desk.Refuse(r.product, r.user); sure {
		return refused(ctx, &answer)
	}
	if !proven {
		return refuse(ctx, unproven)
	}
	if l, wait := a.buyLimited(ctx, &r); wait > 0 {
		return l.refuse(ctx, wait)
	}
	return a.admit(ctx, &r)
}

// plainBuy reads a buy as nearly everybody sends it. If it is in doubt it says false.
func (a *API) plainBuy(ctx *fasthttp.RequestCtx, product []byte) (r buyRequest, ok bool) {
	h := &ctx.Request.Header
	if string(h.ContentType()) != "application/json" || h.Peek("Idempotency-Key") != nil || !sale.CheckID(product) {
		return r, false
	}
	body := ctx.PostBody()
	if string(body) == "{}" { // as who is known may send it
		return buyRequest{product: product}, a.Buyers != nil
	}
	user, ok := scanUser(body)
	return buyRequest{product: product, user: user}, ok
}

// strictBuy reads a buy of any form, and tells what is wrong with it.
func (a *API) strictBuy(ctx *fasthttp.RequestCtx, product []byte) (r buyRequest, err error) {
	h := &ctx.Request.Header
	if p := checkJSON(string(h.ContentType()), string(h.ContentEncoding())); p != nil {
		return r, p
	}
	var user string
	who := userField("user_id", &user)
	who.needed = a.Buyers == nil
	if err := readObject(ctx.PostBody(), who); err != nil {
		return r, err
	}
	id, err := url.PathUnescape(string(product))
	if err != nil || !sale.CheckID(id) {
		return r, broken(invalid, sale.RuleID.Of("id"))
	}
	key, ok := idempotencyKey(h)
	if !ok {
		return r, broken(invalid, sale.RuleKey.Of("Idempotency-Key"))
	}
	return buyRequest{product: []byte(id), user: []byte(user), key: key}, nil
}

func idempotencyKey(h *fasthttp.RequestHeader) (key string, ok bool) {
	all := h.PeekAll("Idempotency-Key")
	if len(all) == 0 {
		return "", true
	}
	key = string(all[0])
	unprintable := func(c rune) bool { return c < ' ' || c > '~' }
	return key, len(all) == 1 && key != "" && len(key) <= maxKey && !strings.ContainsFunc(key, unprintable)
}

// refuse answers with a problem that is the same for everybody.
func refuse(ctx *fasthttp.RequestCtx, k kind) kind {
	k.head(ctx, problemType)
	ctx.Response.SetBodyRaw(bodies[k])
	return k
}

// head writes status and headers.
func (k kind) head(ctx *fasthttp.RequestCtx, media string) {
	guard(ctx)
	ctx.SetStatusCode(kinds[k].status)
	ctx.SetContentType(media)
	if retry := kinds[k].retry; retry > 0 {
		ctx.Response.Header.Set("Retry-After", strconv.Itoa(retry))
	}
	if kinds[k].status == fasthttp.StatusUnauthorized {
		ctx.Response.Header.Set("WWW-Authenticate", "Bearer")
	}
}

// refused answers those who cannot have a unit.
func refused(ctx *fasthttp.RequestCtx, answer *purchase.Answer) kind {
	k := refusals[answer.Result]
	if k != notOpen {
		return refuse(ctx, k)
	}
	p := problem(notOpen)
	p.OpensAt = sale.FormatTime(answer.OpensAt)
	p.send(ctx)
	left := answer.OpensAt.Sub(answer.Now)
	ctx.Response.Header.Set("Retry-After", strconv.Itoa(max(1, int((left+time.Second-1)/time.Second))))
	return notOpen
}

// admit asks for a unit, and waits as long as the buyer does.
func (a *API) admit(ctx *fasthttp.RequestCtx, r *buyRequest) kind {
	product, user, id := string(r.product), string(r.user), a.NewOrderID()
	if r.key != "" {
		id = sale.KeyedOrderID(a.Secret, product, user, r.key)
	}
	a.follow(ctx, id)
	decision, wait, done := a.patience(ctx)
	defer done()
	answer, err := a.Desk.Buy(decision, wait, product, purchase.Request{User: user, Order: id, Groups: r.groups, Origin: a.originOf(ctx, product)})
	if err != nil {
		return refuse(ctx, a.explainTo(ctx, err).kind)
	}
	o := &Order{OrderID: answer.Order.String(), ProductID: product, UserID: user, Epoch: answer.Epoch}
	switch answer.Result {
	case purchase.Placed:
		o.Status = string(sale.Placed)
		return o.send(ctx, boughtPlaced, o.append(nil))
	case purchase.Queued:
		return a.queued(ctx, o)
	case purchase.Again:
		return a.again(ctx, answer.Order)
	case purchase.AlreadyBought:
		return a.already(ctx, answer.Order, o)
	}
	return refused(ctx, &answer)
}

// originOf is what a buy counts against where its product bounds what an address may hold; empty: nothing.
func (a *API) originOf(ctx *fasthttp.RequestCtx, product string) string {
	from, bounded := a.stranger(nativeRequest{ctx})
	if !bounded {
		return ""
	}
	return sale.OriginOf(a.Secret, product, from.String())
}

// patience is how long this buyer's request may wait for the gate's decision, and
// for their order to be placed. Who wants to wait less than others wants a decision
// all the same. An embedded sale answers when it is certain, and not before.
func (a *API) patience(ctx *fasthttp.RequestCtx) (decision, placed context.Context, done func()) {
	if a.Placed == sale.PlacedByLog {
		return a.ctx, a.ctx, func() {}
	}
	wait, ok := preferredWait(ctx.Request.Header.PeekAll("Prefer"))
	if !ok {
		wait = a.Wait
	}
	placed, end := context.WithTimeout(a.waiting, wait)
	if wait >= a.Wait {
		return placed, placed, end
	}
	decision, endBoth := context.WithTimeout(a.waiting, a.Wait)
	return decision, placed, func() { end(); endBoth() }
}

// preferredWait reads Prefer: wait=N, in seconds (RFC 7240). A preference that
// cannot be read is to be ignored.
func preferredWait(headers [][]byte) (wait time.Duration, ok bool) {
	for _, h := range headers {
		for preference := range strings.FieldsFuncSeq(string(h), func(c rune) bool { return c == ',' || c == ';' }) {
			name, value, _ := strings.Cut(strings.TrimSpace(preference), "=")
			n, err := strconv.ParseUint(strings.Trim(value, `" `), 10, 31)
			if strings.EqualFold(strings.TrimSpace(name), "wait") && err == nil {
				return min(time.Duration(n)*time.Second, maxWait), true
			}
		}
	}
	return 0, false
}

// queued answers a buyer whose order is not firm yet.
func (a *API) queued(ctx *fasthttp.RequestCtx, o *Order) kind {
	if a.Placed == sale.PlacedByLog { // the process ends, and nobody can tell any more
		return refuse(ctx, outcomeUnknown)
	}
	o.Status = string(sale.Queued)
	return o.send(ctx, boughtQueued, o.append(nil))
}

// again answers who has asked before, under the same key: with the order as it is now.
func (a *API) again(ctx *fasthttp.RequestCtx, id sale.OrderID) kind {
	wait, done := context.WithTimeout(a.ctx, catchUp)
	defer done()
	kept, err := a.Settle.Find(wait, id)
	if err != nil { // the gate knows it, so it comes
		return refuse(ctx, unavailable)
	}
	o := orderBody(&kept)
	return o.send(ctx, boughtAgain, must(json.Marshal(&o)))
}

// already tells that the user holds a unit, and by which order. If there is no
// queueing, one that is not in the store a moment later has failed to get into
// the log: to call it placed would be a promise that nobody keeps.
func (a *API) already(ctx *fasthttp.RequestCtx, id sale.OrderID, o *Order) kind {
	find := a.Store.Order
	if a.Placed == sale.PlacedByLog {
		find = a.Settle.Find
	}
	wait, done := context.WithTimeout(a.ctx, catchUp)
	defer done()
	kept, err := find(wait, id)
	switch {
	case err == nil:
		*o = orderBody(&kept)
	case a.Placed == sale.PlacedByLog:
		return refuse(ctx, unavailable)
	default:
		o.Status = string(sale.Queued)
	}
	p := problem(alreadyBought)
	if a.Auth.Open() || a.Buyers != nil { // else whoever knows the user's id could end the order
		p.Order = o
	}
	p.send(ctx)
	return alreadyBought
}
