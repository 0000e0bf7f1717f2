package sale

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRecordsComeBack(t *testing.T) {
	full := opening(3, MaxQuantity, MaxLimit)
	full.Terms.OrdersPerUser, full.Terms.UnpaidPerAddress = MaxOrders, MaxOrders
	full.Terms.Name = `Schön & "gut" <🎉>`
	full.Terms.OpensAt, full.Terms.ClosesAt = written, written.Add(time.Hour+time.Millisecond)
	full.Terms.Group = "shop.example/members:vip"
	full.Terms.Price, full.Terms.URL, full.Terms.ImageURL = Price{MaxAmount, "EUR"}, "https://shop.example/?a=1&b=2", "http://localhost/a.png"
	full.Terms.Paused, full.Terms.Closed, full.Terms.Rehearsal = true, true, true
	for _, r := range []Record{full, opening(1, 1, 1), skipping(9, 8), final(1), deletion(2), buy(1, 1, "u"), buy(1, 1, "gid://shop/Customer/1"), from("0123456789abcdef", buy(1, 1, "u")), pay(1), cancel(2), expire(3), by("ann", opening(1, 1, 1)), by("ann", pay(1)), by("ann", cancel(2))} {
		data := r.AppendBody([]byte("before"))
		got, err := ParseRecord(r.Kind, Version, r.Epoch, data[len("before"):])
		if err != nil || got != r {
			t.Errorf("%s\n\tcame back as %+v, %v, not\n\t%+v", data, got, err, r)
		}
	}
}

func TestRecordsAreJSON(t *testing.T) {
	o := opening(1, 5, 1)
	o.Terms.OpensAt = written.In(time.FixedZone("", 3600))
	for want, r := range map[string]Record{
		`{"order_id":"01000000-0000-0000-0000-000000000000","product_id":"p","user_id":"u","seq":1,"at":"2026-11-11T20:00:00.000Z"}`:                                             buy(1, 1, "u"),
		`{"order_id":"01000000-0000-0000-0000-000000000000","product_id":"p","at":"2026-11-11T20:00:01.000Z"}`:                                                                   pay(1),
		`{"product_id":"p","nonce":"b","terms":{"quantity":5,"limit_per_user":1,"opens_at":"2026-11-11T20:00:00.000Z","payment_window":"1m0s"},"at":"2026-11-11T20:00:00.000Z"}`: o,
		`{"order_id":"01000000-0000-0000-0000-000000000000","product_id":"p","user_id":"u","seq":1,"origin":"0123456789abcdef","at":"2026-11-11T20:00:00.000Z"}`:                 from("0123456789abcdef", buy(1, 1, "u")),
	} {
		if got := string(r.AppendBody(nil)); got != want {
			t.Errorf("%s is\n\t%s, not\n\t%s", r.Kind, got, want)
		}
	}
}

// What is finer than a table keeps must not reach the fold, or it would say
// something else when it is done again.
func TestTimesAreReadToTheMillisecond(t *testing.T) {
	r, err := ParseRecord(KindOpening, Version, 1, []byte(`{"product_id":"p","nonce":"n","at":"2026-11-11T21:00:00.0019+01:00",
		"terms":{"quantity":1,"limit_per_user":1,"opens_at":"2026-11-11T20:00:00.0019Z","closes_at":"2026-11-11T20:00:00.0029Z"}}`))
	ms := written.Add(time.Millisecond)
	if err != nil || r.At != ms || r.Terms.OpensAt != ms || r.Terms.ClosesAt != written.Add(2*time.Millisecond) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestPoison(t *testing.T) {
	const id = `"order_id":"01000000-0000-0000-0000-000000000000"`
	const at = `"at":"2026-11-11T20:00:00.000Z"`
	const terms = `"terms":{"quantity":1,"limit_per_user":1}`
	for what, c := range map[string]struct {
		kind  Kind
		epoch int64
		data  string
	}{
		"no JSON":                  {KindOrder, 1, "garbage"},
		"nothing":                  {KindOrder, 1, ""},
		"skips below nothing":      {KindOpening, 2, `{"product_id":"p","nonce":"n","skips":-1,` + terms + `,` + at + `}`},
		"skips all":                {KindOpening, 2, `{"product_id":"p","nonce":"n","skips":2,` + terms + `,` + at + `}`},
		"null":                     {KindOrder, 1, "null"},
		"two values":               {KindPay, 1, `{` + id + `,"product_id":"p",` + at + `}{}`},
		"an unknown key":           {KindPay, 1, `{` + id + `,"product_id":"p","x":1,` + at + `}`},
		"an unknown kind":          {"refund", 1, `{` + id + `,"product_id":"p",` + at + `}`},
		"no kind":                  {"", 1, `{` + id + `,"product_id":"p",` + at + `}`},
		"no product":               {KindPay, 1, `{` + id + `,` + at + `}`},
		"a product that is no id":  {KindPay, 1, `{` + id + `,"product_id":"{p}",` + at + `}`},
		"no time":                  {KindPay, 1, `{` + id + `,"product_id":"p"}`},
		"an operator without name": {KindPay, 1, `{` + id + `,"product_id":"p","by":"a b",` + at + `}`},
		"an operator of an expiry": {KindExpire, 1, `{` + id + `,"product_id":"p","by":"ann",` + at + `}`},
		"an operator of an order":  {KindOrder, 1, `{` + id + `,"product_id":"p","user_id":"u","seq":1,"by":"ann",` + at + `}`},
		"an end without order":     {KindCancel, 1, `{"product_id":"p",` + at + `}`},
		"an order id that is none": {KindPay, 1, `{"order_id":"x","product_id":"p",` + at + `}`},
		"an order without user":    {KindOrder, 1, `{` + id + `,"product_id":"p","seq":1,` + at + `}`},
		"a user that is no id":     {KindOrder, 1, `{` + id + `,"product_id":"p","user_id":"a b","seq":1,` + at + `}`},
		"a group that is no id":    {KindOpening, 1, `{"product_id":"p","nonce":"n","terms":{"quantity":1,"limit_per_user":1,"group":"a b"},` + at + `}`},
		"an order without seq":     {KindOrder, 1, `{` + id + `,"product_id":"p","user_id":"u",` + at + `}`},
		"an origin that is none":   {KindOrder, 1, `{` + id + `,"product_id":"p","user_id":"u","seq":1,"origin":"0123456789ABCDEF",` + at + `}`},
		"an address of no window":  {KindOpening, 1, `{"product_id":"p","nonce":"n","terms":{"quantity":1,"limit_per_user":1,"unpaid_per_address":1},` + at + `}`},
		"an order without id":      {KindOrder, 1, `{"product_id":"p","user_id":"u","seq":1,` + at + `}`},
		"an opening without nonce": {KindOpening, 1, `{"product_id":"p",` + terms + `,` + at + `}`},
		"a nonce that is no id":    {KindOpening, 1, `{"product_id":"p","nonce":"\u0000",` + terms + `,` + at + `}`},
		"an opening without terms": {KindOpening, 1, `{"product_id":"p","nonce":"n",` + at + `}`},
		"an opening of epoch 0":    {KindOpening, 0, `{"product_id":"p","nonce":"n",` + terms + `,` + at + `}`},
		"terms that are wrong":     {KindOpening, 1, `{"product_id":"p","nonce":"n","terms":{"quantity":0,"limit_per_user":1},` + at + `}`},
		"fewer orders than units":  {KindOpening, 1, `{"product_id":"p","nonce":"n","terms":{"quantity":1,"limit_per_user":2,"orders_per_user":1},` + at + `}`},
		"a window that is none":    {KindOpening, 1, `{"product_id":"p","nonce":"n","terms":{"quantity":1,"limit_per_user":1,"payment_window":"x"},` + at + `}`},
		"a quantity with a point":  {KindOpening, 1, `{"product_id":"p","nonce":"n","terms":{"quantity":1.5,"limit_per_user":1},` + at + `}`},
	} {
		if r, err := ParseRecord(c.kind, Version, c.epoch, []byte(c.data)); !errors.Is(err, ErrPoison) || r != (Record{}) {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	right := buy(1, 1, "u")
	for _, version := range []int{0, -1} {
		if _, err := ParseRecord(KindOrder, version, 1, right.AppendBody(nil)); !errors.Is(err, ErrPoison) {
			t.Errorf("version %d: %v", version, err)
		}
	}
}

// Whatever a newer program wrote is no poison, be it readable or not.
func TestANewerVersionIsNoPoison(t *testing.T) {
	for _, kind := range []Kind{KindOrder, KindOpening, "refund"} {
		for _, data := range []string{"{}", "\x00", ""} {
			_, err := ParseRecord(kind, Version+1, 1, []byte(data))
			if !errors.Is(err, ErrNewer) || errors.Is(err, ErrPoison) || !strings.Contains(err.Error(), fmt.Sprint("of version ", Version+1)) {
				t.Errorf("%s %q: %v", kind, data, err)
			}
		}
	}
}

// The gate of a tombstone, left behind, is opened anew to be removed: its terms are gone by then.
func TestATombstoneIsDeletedWithoutTerms(t *testing.T) {
	r := Record{Kind: KindOpening, ProductID: "p", Epoch: 3, Nonce: "n", Secret: "0a1b", At: written, Deleted: true}
	if got, err := ParseRecord(r.Kind, Version, r.Epoch, r.AppendBody(nil)); err != nil || got != r {
		t.Errorf("%+v, %v", got, err)
	}
	for name, wrong := range map[string]func(*Record){
		"no deletion": func(r *Record) { r.Deleted = false }, "a secret that is none": func(r *Record) { r.Secret = "0x" }, "half of the terms": func(r *Record) { r.Terms.LimitPerUser = 1 },
	} {
		bad := r
		wrong(&bad)
		if got, err := ParseRecord(bad.Kind, Version, bad.Epoch, bad.AppendBody(nil)); !errors.Is(err, ErrPoison) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	for _, r := range []Record{opening(1, 1, 1), buy(1, 1, "u"), pay(1), stateOf(), {Kind: KindOpening, ProductID: "p", Epoch: 1, Nonce: "n", At: written, Deleted: true}} {
		f.Add(string(r.Kind), r.Epoch, r.AppendBody(nil))
	}
	f.Fuzz(func(t *testing.T, kind string, epoch int64, data []byte) {
		r, err := ParseRecord(Kind(kind), Version, epoch, data)
		if err != nil {
			if !errors.Is(err, ErrPoison) {
				t.Errorf("%v is no %v", err, ErrPoison)
			}
			return
		}
		Fold(NewState(Product{ID: r.ProductID}), r, Position{}, stored)
		written := r.AppendBody(nil)
		if again, err := ParseRecord(r.Kind, r.Version(), r.Epoch, written); err != nil || !bytes.Equal(again.AppendBody(nil), written) {
			t.Errorf("%+v, written and read: %+v, %v", r, again, err)
		}
	})
}
