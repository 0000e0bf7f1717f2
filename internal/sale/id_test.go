package sale

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCheckID(t *testing.T) {
	for id, want := range map[string]bool{
		"1": true, "Az09_-": true, strings.Repeat("x", MaxID): true, "-": true,
		"": false, strings.Repeat("x", MaxID+1): false, "a b": false, "a\n": false, "a\x00": false, "{a}": false, "é": false, "a/b": false, "a.b": false, "a:b": false,
	} {
		if CheckID(id) != want || CheckID([]byte(id)) != want {
			t.Errorf("CheckID(%q) is not %t", id, want)
		}
	}
}

func TestCheckUser(t *testing.T) {
	for id, want := range map[string]bool{
		"1": true, "auth0|62f": true, "gid://shop/Customer/1": true, "Ann.O+x~1@example.com": true, "=-_:": true, strings.Repeat("=", MaxUser): true,
		"": false, strings.Repeat("x", MaxUser+1): false, "a b": false, "a\n": false, "a\x00": false, "{a}": false, "é": false, "a%20b": false, "a,b": false, `a"b`: false, `a\b`: false,
	} {
		if CheckUser(id) != want || CheckUser([]byte(id)) != want {
			t.Errorf("CheckUser(%q) is not %t", id, want)
		}
		if CheckID(id) && !CheckUser(id) {
			t.Errorf("%q may be a product id, and no user id", id)
		}
	}
}

func TestOrderIDsGrowWithTime(t *testing.T) {
	at := time.UnixMilli(0x0123456789ab)
	id := NewOrderID(at, [10]byte{0xff, 1, 0xff, 3, 4, 5, 6, 7, 8, 9})
	if got, want := id.String(), "01234567-89ab-7f01-bf03-040506070809"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if later := NewOrderID(at.Add(time.Millisecond), [10]byte{}); later.String() <= id.String() {
		t.Errorf("%s, a millisecond later, is not above %s", later, id)
	}
}

func TestKeyedOrderIDs(t *testing.T) {
	id := KeyedOrderID([]byte("secret"), "p", "u", "key")
	if s := id.String(); s[14] != '8' || !strings.ContainsRune("89ab", rune(s[19])) {
		t.Errorf("%s is no UUID of version 8", s)
	}
	if id != KeyedOrderID([]byte("secret"), "p", "u", "key") {
		t.Error("the same key gave another id")
	}
	seen := map[OrderID]string{id: "the first"}
	for _, c := range [][4]string{
		{"other", "p", "u", "key"}, {"secret", "q", "u", "key"}, {"secret", "p", "v", "key"}, {"secret", "p", "u", "KEY"},
		{"secret", "pu", "", "key"}, {"secret", "p", "u", "key "}, {"secret", "p", "u", " key"},
	} {
		id := KeyedOrderID([]byte(c[0]), c[1], c[2], c[3])
		if other := seen[id]; other != "" {
			t.Errorf("%q has the id of %s", c, other)
		}
		seen[id] = strings.Join(c[:], " ")
	}
}

func TestOrderIDsAsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := OrderID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		if got, err := ParseOrderID(id.String()); err != nil || got != id {
			t.Fatalf("%s came back as %s, %v", id, got, err)
		}
	})
	const right = "01234567-89ab-7f01-bf03-040506070809"
	for _, wrong := range []string{
		"", right[1:], right + "0", strings.ToUpper(right), strings.ReplaceAll(right, "-", ""), "{" + right[1:35] + "}",
		strings.Replace(right, "0", "g", 1), strings.Replace(right, "0", "é", 1)[:36], strings.Replace(right, "-", "0", 1), " " + right[1:],
	} {
		if id, err := ParseOrderID(wrong); err == nil {
			t.Errorf("%q was taken for %s", wrong, id)
		}
		var id OrderID
		if err := id.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%q was taken for %s", wrong, id)
		}
	}
}
