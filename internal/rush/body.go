package rush

import (
	"bytes"
	"encoding/json"
	"strings"
)

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
