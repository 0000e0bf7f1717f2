package sale

import (
	"regexp"
	"testing"
)

var (
	anID      = regexp.MustCompile(IDPattern)
	aUser     = regexp.MustCompile(UserPattern)
	anOrderID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z`)
)

// The ids that are taken are those that the published document describes.
func FuzzIDs(f *testing.F) {
	for _, s := range []string{
		"", "u1", "auth0|62f", "a.b+c~d@e:/=", "a b", "{a}", "a\n", "é", OrderID{}.String(), "0190A4B0-0000-7000-8000-000000000000",
		"0190a4b0-0000-7000-8000-00000000000g", "0190a4b0000070008000000000000000", "0190a4b0-0000-7000-8000-000000000000\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := CheckID(s); got != anID.MatchString(s) || got != CheckID([]byte(s)) {
			t.Errorf("%q may be an id: %v", s, got)
		}
		if got := CheckUser(s); got != aUser.MatchString(s) || got != CheckUser([]byte(s)) {
			t.Errorf("%q may be a user id: %v", s, got)
		}
		id, err := ParseOrderID(s)
		if (err == nil) != anOrderID.MatchString(s) {
			t.Errorf("%q may be an order id: %v", s, err)
		}
		if err == nil && id.String() != s || err != nil && id != (OrderID{}) {
			t.Errorf("%q is read as %v, %v", s, id, err)
		}
	})
}
