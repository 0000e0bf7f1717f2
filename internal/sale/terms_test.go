package sale

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestTermsCheck(t *testing.T) {
	east, west := time.FixedZone("", 3600), time.FixedZone("", -3600)
	for what, c := range map[string]struct {
		change func(*Terms)
		field  string // that breaks a rule; empty: none
	}{
		"least":                    {func(t *Terms) {}, ""},
		"most":                     {func(t *Terms) { t.Quantity, t.LimitPerUser, t.PaymentWindow = MaxQuantity, MaxLimit, MaxPaymentWindow }, ""},
		"no quantity":              {func(t *Terms) { t.Quantity = 0 }, "quantity"},
		"a negative quantity":      {func(t *Terms) { t.Quantity = math.MinInt64 }, "quantity"},
		"too large a quantity":     {func(t *Terms) { t.Quantity = MaxQuantity + 1 }, "quantity"},
		"no limit":                 {func(t *Terms) { t.LimitPerUser = 0 }, "limit_per_user"},
		"too high a limit":         {func(t *Terms) { t.LimitPerUser = MaxLimit + 1 }, "limit_per_user"},
		"a name of 200 characters": {func(t *Terms) { t.Name = strings.Repeat("é", MaxName) }, ""},
		"a longer name":            {func(t *Terms) { t.Name = strings.Repeat("é", MaxName+1) }, "name"},
		"a name of two lines":      {func(t *Terms) { t.Name = "a\nb" }, "name"},
		"a name with NUL":          {func(t *Terms) { t.Name = "a\x00" }, "name"},
		"a name that is no UTF-8":  {func(t *Terms) { t.Name = "a\xff" }, "name"},
		"a name in no one's bytes": {func(t *Terms) { t.Name = "\xed\xa0\x80" }, "name"}, // half of a surrogate pair
		"closing after opening":    {func(t *Terms) { t.OpensAt, t.ClosesAt = written, written.Add(time.Millisecond) }, ""},
		"closing only":             {func(t *Terms) { t.ClosesAt = written }, ""},
		"closing with opening":     {func(t *Terms) { t.OpensAt, t.ClosesAt = written, written }, "closes_at"},
		"closing before opening":   {func(t *Terms) { t.OpensAt, t.ClosesAt = written, written.Add(-1) }, "closes_at"},
		"the shortest window":      {func(t *Terms) { t.PaymentWindow = MinPaymentWindow }, ""},
		"too short a window":       {func(t *Terms) { t.PaymentWindow = MinPaymentWindow - 1 }, "payment_window"},
		"too long a window":        {func(t *Terms) { t.PaymentWindow = MaxPaymentWindow + 1 }, "payment_window"},
		"a negative window":        {func(t *Terms) { t.PaymentWindow = -time.Hour }, "payment_window"},
		"archived":                 {func(t *Terms) { t.Closed, t.Archived = true, true }, ""},
		"archived, not closed":     {func(t *Terms) { t.Archived = true }, "archived"},
		"unpaid of an address":     {func(t *Terms) { t.UnpaidPerAddress, t.PaymentWindow = MaxOrders, time.Minute }, ""},
		"unpaid without a window":  {func(t *Terms) { t.UnpaidPerAddress, t.PaymentWindow = 1, 0 }, "unpaid_per_address"},
		"too many unpaid":          {func(t *Terms) { t.UnpaidPerAddress, t.PaymentWindow = MaxOrders+1, time.Minute }, "unpaid_per_address"},
		"a group":                  {func(t *Terms) { t.Group = "/members/vip@shop" }, ""},
		"a group of two words":     {func(t *Terms) { t.Group = "a b" }, "group"},
		"too long a group":         {func(t *Terms) { t.Group = strings.Repeat("x", MaxUser+1) }, "group"},
		"a price":                  {func(t *Terms) { t.Price = Price{1, "EUR"} }, ""},
		"the highest price":        {func(t *Terms) { t.Price = Price{MaxAmount, "XOF"} }, ""},
		"too high a price":         {func(t *Terms) { t.Price = Price{MaxAmount + 1, "EUR"} }, "price.amount"},
		"a negative price":         {func(t *Terms) { t.Price = Price{-1, "EUR"} }, "price.amount"},
		"a currency for nothing":   {func(t *Terms) { t.Price = Price{0, "EUR"} }, "price.amount"},
		"no currency":              {func(t *Terms) { t.Price = Price{Amount: 1} }, "price.currency"},
		"an unknown currency":      {func(t *Terms) { t.Price = Price{1, "EUX"} }, "price.currency"},
		"a currency in small":      {func(t *Terms) { t.Price = Price{1, "eur"} }, "price.currency"},
		"links":                    {func(t *Terms) { t.URL, t.ImageURL = "https://shop.example", "http://127.0.0.1:80/a%20b.png?c#d" }, ""},
		"the longest link":         {func(t *Terms) { t.URL = "https://a/" + strings.Repeat("b", MaxLink-10) }, ""},
		"a longer link":            {func(t *Terms) { t.URL = "https://a/" + strings.Repeat("b", MaxLink-9) }, "url"},
		"a link that runs":         {func(t *Terms) { t.URL = "javascript:alert(1)" }, "url"},
		"a link to a file":         {func(t *Terms) { t.ImageURL = "file:///etc/passwd" }, "image_url"},
		"an image in the link":     {func(t *Terms) { t.ImageURL = "data:image/png;base64,AA==" }, "image_url"},
		"a link to nowhere":        {func(t *Terms) { t.URL = "https:///pay" }, "url"},
		"a link within the site":   {func(t *Terms) { t.URL = "/pay" }, "url"},
		"a link without a scheme":  {func(t *Terms) { t.URL = "//shop.example/pay" }, "url"},
		"a link of a user":         {func(t *Terms) { t.URL = "https://shop@evil.example/" }, "url"},
		"a link with a blank":      {func(t *Terms) { t.URL = "https://shop.example/a b" }, "url"},
		"a link of no address":     {func(t *Terms) { t.URL = "http://[:C081a]#PI#" }, "url"},
		"a link of two fragments":  {func(t *Terms) { t.URL = "http://shop.example/#a#b" }, "url"},
		"a link of half a byte":    {func(t *Terms) { t.URL = "http://shop.example/%2" }, "url"},
		"a link with all of it":    {func(t *Terms) { t.URL = "https://shop.example:8443/a%20b;c/?d=e&f=@#g/h?i" }, ""},
		"a link of two lines":      {func(t *Terms) { t.URL = "https://shop.example/\nb" }, "url"},
		"a link to a port":         {func(t *Terms) { t.URL = "http://localhost:3000?a#b" }, ""},
		"a link to an address":     {func(t *Terms) { t.URL = "http://127.0.0.1:80/" }, ""},
		"a link to no port":        {func(t *Terms) { t.URL = "http://localhost:x" }, "url"},
		"a link in letters":        {func(t *Terms) { t.URL = "https://schön.example/" }, "url"},
		"closing in the year 9999": {func(t *Terms) { t.ClosesAt = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }, ""},
		"closing after that":       {func(t *Terms) { t.ClosesAt = time.Date(9999, 12, 31, 23, 59, 59, 0, west) }, "closes_at"},
		"opening before year 1":    {func(t *Terms) { t.OpensAt = time.Date(1, 1, 1, 0, 30, 0, 0, east) }, "opens_at"},
	} {
		terms := Terms{Quantity: 1, LimitPerUser: 1}
		c.change(&terms)
		err := terms.Check()
		var bad Invalid
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", what, err)
		case c.field != "" && (!errors.As(err, &bad) || len(bad) != 1 || bad[0].Field != c.field || bad[0].Rule == ""):
			t.Errorf("%s: %v, not one broken rule of %s", what, err, c.field)
		}
	}
	err := Terms{Quantity: -1, PaymentWindow: 1}.Check()
	if want := "quantity must be 1 to 10000000; limit_per_user must be 1 to 100; payment_window must be 0s, or 10s to 168h"; err == nil || err.Error() != want {
		t.Errorf("several broken rules: %v", err)
	}
}

// A name is what people write, in any script: what is invisible in it may be what joins or spaces its letters.
func TestNames(t *testing.T) {
	for what, c := range map[string]struct {
		name string
		ok   bool
	}{
		"a full-width space":           {"限量\u3000键盘", true},
		"a space that does not break":  {"10\u00a0km", true},
		"Persian with a non-joiner":    {"می\u200cخواهم", true},
		"Sinhala with a joiner":        {"ශ්\u200dරී", true},
		"a family":                     {"👨\u200d👩\u200d👧\u200d👦", true},
		"the flag of Scotland":         {"🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", true},
		"a heart with its variation":   {"❤\ufe0f", true},
		"an emoji newer than Go's":     {"\U0001faea", true},
		"Hebrew with a mark":           {"מקלדת\u200f!", true},
		"Thai with word boundaries":    {"แป้น\u200bพิมพ์", true},
		"a soft hyphen":                {"Flash\u00adsale", true},
		"a vendor's own letter":        {"\uf8ff", true},
		"a tab":                        {"a\tb", false},
		"an escape":                    {"\x1b[2J", false},
		"DEL":                          {"a\x7f", false},
		"a control of the second kind": {"a\u0085b", false},
		"a line separator":             {"a\u2028b", false},
		"a paragraph separator":        {"a\u2029b", false},
		"an embedding":                 {"\u202aa\u202c", false},
		"an override":                  {"100 € \u202e001", false},
		"an isolate":                   {"\u2066a\u2069", false},
		"the end of an isolate":        {"a\u2069", false},
	} {
		if err := (Terms{Quantity: 1, LimitPerUser: 1, Name: c.name}).Check(); (err == nil) != c.ok {
			t.Errorf("%s, %+q: %v", what, c.name, err)
		}
	}
}

func TestPhases(t *testing.T) {
	now := written
	for _, c := range []struct {
		terms     Terms
		remaining int64
		want      Phase
	}{
		{Terms{}, 1, OnSale},
		{Terms{}, 0, SoldOut},
		{Terms{OpensAt: now}, 1, OnSale},
		{Terms{OpensAt: now.Add(1)}, 0, NotOpen},
		{Terms{OpensAt: now.Add(1), Paused: true}, 0, Paused},
		{Terms{ClosesAt: now.Add(1)}, 1, OnSale},
		{Terms{ClosesAt: now, Paused: true}, 1, Closed},
		{Terms{Closed: true, Paused: true, OpensAt: now.Add(1)}, 1, Closed},
	} {
		if got := c.terms.PhaseAt(now, c.remaining); got != c.want {
			t.Errorf("%+v with %d left: %s, not %s", c.terms, c.remaining, got, c.want)
		}
	}
}

func TestStatuses(t *testing.T) {
	for s, want := range map[Status][2]bool{
		Queued: {false, false}, Placed: {true, true}, Paid: {true, true}, Cancelled: {true, false},
		Expired: {true, false}, Rejected: {true, false}, "": {false, false}, "PLACED": {false, false},
	} {
		if got := [2]bool{s.Valid(), s.Holds()}; got != want {
			t.Errorf("%q: valid and holding %v, not %v", s, got, want)
		}
	}
}

func TestMostOrders(t *testing.T) {
	for want, terms := range map[int]Terms{
		20: {LimitPerUser: 1}, 22: {LimitPerUser: 11}, 200: {LimitPerUser: MaxLimit}, 1: {LimitPerUser: 1, OrdersPerUser: 1},
	} {
		if got := terms.MostOrders(); got != want || got < terms.LimitPerUser || got > MaxOrders {
			t.Errorf("%+v: %d, not %d", terms, got, want)
		}
	}
}
