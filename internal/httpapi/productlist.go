package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"seckill/internal/sale"
)

// Products is a page of products.
type Products struct {
	Products []ListedProduct `json:"products" nullable:"false"`
	Next     string          `json:"next,omitempty,omitzero" doc:"Ask again with after=next; absent: that was all"`
	Counts   ProductCounts   `json:"counts" doc:"Of those that search finds"`
}

// A ListedProduct is a product in a list.
type ListedProduct struct {
	Product
	SoldIn string `json:"sold_in,omitempty,omitzero" doc:"Where all units are held: from opens_at, or from the first order, to the newest"`
}

// ProductCounts is how many products there are of each kind.
type ProductCounts struct {
	Live       int `json:"live" doc:"Open, and not closed: sold out and paused ones, too"`
	Upcoming   int `json:"upcoming" doc:"Opened by opens_at, later"`
	Past       int `json:"past" doc:"Closed, and not archived"`
	Archived   int `json:"archived"`
	Rehearsals int `json:"rehearsals" doc:"The server's own, for a try"`
}

type (
	productsInput struct {
		Search string        `query:"search" minLength:"1" maxLength:"200" doc:"What the id or the name contains, in any case"`
		Show   string        `query:"show" enum:"sales,live,upcoming,past,archived,rehearsals" doc:"sales: live, upcoming and past ones. By default all but archived ones"`
		Sort   string        `query:"sort" enum:"id,state,opening,left" default:"id" doc:"state: live, upcoming, past; opening: the latest first; left: the fewest units first"`
		After  productCursor `query:"after" pattern:"^(-?[0-9]{1,18}~)?[A-Za-z0-9_-]{1,64}$" doc:"As next"`
		Limit  int           `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	}
	productsOutput struct{ Body Products }
)

// products answers with a page of all products.
func (a *API) products(ctx context.Context, in *productsInput) (*productsOutput, error) {
	a.awaitStore(ctx)
	kept, err := a.Store.Products(ctx, false)
	if err != nil {
		return nil, a.explain(err)
	}
	out := Products{Products: []ListedProduct{}}
	found := in.choose(kept, a.Now(), &out.Counts)
	for i := range found[:min(len(found), in.Limit)] {
		p := &found[i].Product
		soldIn, err := a.soldIn(ctx, p)
		if err != nil {
			return nil, a.explain(err)
		}
		out.Products = append(out.Products, ListedProduct{a.productBody(ctx, p), soldIn})
	}
	if len(found) > in.Limit {
		out.Next = string(found[in.Limit-1].cursor())
	}
	return &productsOutput{out}, nil
}

// choose returns what the page begins with, in order, and counts all that was searched for.
func (in *productsInput) choose(all []sale.Product, now time.Time, counts *ProductCounts) (found []sortedProduct) {
	search := strings.ToLower(in.Search)
	after := in.After.product()
	for _, p := range all {
		if !p.Exists() || !strings.Contains(strings.ToLower(p.ID+"\n"+p.Terms.Name), search) {
			continue
		}
		group := groupOf(&p, now)
		*counts.of(group)++
		next := sortedProduct{in.key(&p, group), p}
		if shows(in.Show, group) && (in.After == "" || compareProducts(next, after) > 0) {
			found = append(found, next)
		}
	}
	slices.SortFunc(found, compareProducts)
	return found
}

// The groups of products, in their order by state.
const (
	groupLive = iota
	groupUpcoming
	groupPast
	groupArchived
	groupRehearsal
)

var groupNames = [...]string{"live", "upcoming", "past", "archived", "rehearsals"}

func groupOf(p *sale.Product, now time.Time) int {
	switch t := &p.Terms; {
	case t.Rehearsal:
		return groupRehearsal
	case t.Archived:
		return groupArchived
	case t.ClosedAt(now):
		return groupPast
	case t.OpensAt.After(now):
		return groupUpcoming
	}
	return groupLive
}

func (c *ProductCounts) of(group int) *int {
	return [...]*int{&c.Live, &c.Upcoming, &c.Past, &c.Archived, &c.Rehearsals}[group]
}

func shows(wanted string, group int) bool {
	switch wanted {
	case "":
		return group != groupArchived
	case "sales":
		return group <= groupPast
	}
	return groupNames[group] == wanted
}

// A sortedProduct is a product with what it is sorted by before its id.
type sortedProduct struct {
	key int64
	sale.Product
}

func (in *productsInput) key(p *sale.Product, group int) int64 {
	switch in.Sort {
	case "state":
		return int64(group)
	case "opening":
		if p.Terms.OpensAt.IsZero() {
			return 0 // behind all that have one
		}
		return -p.Terms.OpensAt.UnixMilli()
	case "left":
		return p.Terms.Quantity - p.Held
	}
	return 0
}

func compareProducts(a, b sortedProduct) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.ID, b.ID))
}

// A productCursor is where a page ended: the key, if it is not 0, and the id of its last product.
type productCursor string

func (p *sortedProduct) cursor() productCursor {
	if p.key == 0 {
		return productCursor(p.ID)
	}
	return productCursor(fmt.Sprint(p.key, "~", p.ID))
}

func (c productCursor) product() (p sortedProduct) {
	key, id, keyed := strings.Cut(string(c), "~")
	if !keyed {
		key, id = "0", key
	}
	p.key, p.ID = must(strconv.ParseInt(key, 10, 64)), id // as its pattern has it
	return p
}

// soldIn is how long it took until all units were held, if they are.
func (a *API) soldIn(ctx context.Context, p *sale.Product) (string, error) {
	if p.Held < p.Terms.Quantity || p.Held == 0 {
		return "", nil
	}
	first, err := a.Store.List(ctx, sale.Query{Product: p.ID, Limit: 1})
	if err != nil {
		return "", err
	}
	last, err := a.Store.List(ctx, sale.Query{Product: p.ID, Newest: true, Limit: 1})
	if err != nil || len(first) == 0 || len(last) == 0 { // it was deleted meanwhile
		return "", err
	}
	from := first[0].PlacedAt
	if opens := p.Terms.OpensAt; !opens.IsZero() && opens.Before(from) {
		from = opens
	}
	return durationText(last[0].PlacedAt.Sub(from)), nil
}
