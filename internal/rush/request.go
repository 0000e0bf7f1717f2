package rush

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// userIDs makes the ids of a rush: a fixed, distinct, random-looking id for
// every buyer, with nothing kept. Increasing ids would flatter every index
// that the server has.
type userIDs uint64

const userIDLen = 16

func newUserIDs(seed uint64) userIDs { return userIDs(mix(seed)) }

// put writes the id of buyer i to dst[:userIDLen].
func (u userIDs) put(dst []byte, i int) {
	// Steps of an odd number never meet within 2^64, and mix is one to one:
	// so no two buyers share an id.
	x := mix(uint64(u) + uint64(i)*0x9e3779b97f4a7c15)
	const digits = "0123456789abcdef"
	for at := userIDLen - 1; at >= 0; at-- {
		dst[at] = digits[x&15]
		x >>= 4
	}
}

// mix is the finalizer of SplitMix64, a permutation of the 64-bit numbers.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// UserID is the id of buyer i of a rush by seed.
func UserID(seed uint64, i int) string {
	var id [userIDLen]byte
	newUserIDs(seed).put(id[:], i)
	return string(id[:])
}

// order is the bytes of a buy. Without credentials only the user id differs between
// buyers, and its length is fixed, so a worker keeps one and writes the id into it.
type order struct {
	ids         userIDs
	credentials Credentials
	from        func(i int) string
	head        []byte
	bytes       []byte
	id          []byte // within bytes
}

const beforeUser, afterUser = `{"user_id":"`, `"}`

func newOrder(t *target, c Config) order {
	o := order{ids: newUserIDs(c.Seed), credentials: c.Credentials, from: c.From}
	o.head = fmt.Appendf(nil, "POST %s/api/products/%s/orders HTTP/1.1\r\nHost: %s\r\nUser-Agent: seckill-rush\r\n"+
		"Content-Type: application/json\r\n", t.prefix, c.Product, t.host)
	o.write(strings.Repeat("0", userIDLen), "", "")
	start := len(o.bytes) - len(afterUser) - userIDLen
	o.id = o.bytes[start : start+userIDLen]
	return o
}

// of is the buy of buyer i, until the next one.
func (o *order) of(i int) []byte {
	if o.credentials == nil {
		o.ids.put(o.id, i)
	} else {
		user, pass := o.credentials(i)
		from := ""
		if o.from != nil {
			from = "X-Forwarded-For: " + o.from(i) + "\r\n"
		}
		o.write(user, pass, from)
	}
	return o.bytes
}

func (o *order) write(user, pass, headers string) {
	o.bytes = append(authorized(append(o.bytes[:0], o.head...), pass), headers...)
	o.bytes = fmt.Appendf(o.bytes, "Content-Length: %d\r\n\r\n", len(beforeUser)+len(user)+len(afterUser))
	o.bytes = append(append(append(o.bytes, beforeUser...), user...), afterUser...)
}

// authorized adds a header with a bearer token, if there is one.
func authorized(b []byte, token string) []byte {
	if token == "" {
		return b
	}
	return append(append(append(b, "Authorization: Bearer "...), token...), "\r\n"...)
}

// postRequest is the bytes of a POST of JSON, or of nothing, to path, which begins with "/"; headers are lines.
func postRequest(t *target, path, token, headers string, body []byte) []byte {
	b := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: seckill-rush\r\n%sContent-Length: %d\r\n", path, t.host, headers, len(body))
	return append(append(authorized(b, token), "\r\n"...), body...)
}

// getRequest is the bytes of a GET of path, which begins with "/".
func getRequest(t *target, path, token string) []byte {
	b := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: seckill-rush\r\n", path, t.host)
	return append(authorized(b, token), "\r\n"...)
}

var typeKey = []byte(`"type":"`)

// problemOf is the last part of a problem's type: "sold_out" of
// "/problems/sold_out". It is asked for nearly every answer of a sale, so it
// looks for the key as every encoder writes it before it parses.
// Inside a JSON string the quotes of the key would be escaped, so that nothing
// said in a detail can pass for it.
func problemOf(body []byte) []byte {
	var uri []byte
	if i := bytes.Index(body, typeKey); i >= 0 {
		rest := body[i+len(typeKey):]
		uri = rest[:max(0, bytes.IndexByte(rest, '"'))]
	} else {
		var problem struct {
			Type string `json:"type"`
		}
		_ = json.Unmarshal(body, &problem) // what is no problem document has no type
		uri = []byte(problem.Type)
	}
	return uri[bytes.LastIndexByte(uri, '/')+1:]
}

// statusOf is the status of an order document, or "".
func statusOf(body []byte) string {
	var order struct {
		Status string `json:"status"`
	}
	_ = json.Unmarshal(body, &order) // what is no order has no status
	return order.Status
}

// excerpt is the start of a body, fit for one line of a report.
func excerpt(body []byte) string {
	const most = 160
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(body[:min(len(body), most)]), "?"))
	if len(body) > most {
		text += "…"
	}
	return strings.TrimSpace(text)
}
