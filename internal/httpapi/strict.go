package httpapi

import (
	"bytes"
	"mime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"seckill/internal/sale"
)

const (
	maxBody = 4096
	maxID   = sale.MaxID
)

// plain is the bytes that an id may have.
var plain = func() (set [256]bool) {
	for c := range set {
		set[c] = sale.CheckID([]byte{byte(c)})
	}
	return set
}()

// A field reads the value of one key, and returns the rule that it breaks, or "".
type field struct {
	name   string
	read   func(v jsontext.Value) (rule string)
	needed bool
}

func needed(f field) field {
	f.needed = true
	return f
}

// readObject reads a body that must be one JSON object with no other keys than
// these, each at most once, and all that are needed. It looks at all of them before it complains.
func readObject(body []byte, fields ...field) error {
	value := jsontext.Value(body)
	if !value.IsValid(jsontext.AllowDuplicateNames(true)) {
		return broken(malformed, "body", "must be JSON in UTF-8")
	}
	if value.Kind() != '{' {
		return broken(invalid, "body", "must be a JSON object")
	}
	var bad sale.Invalid
	seen := map[string]bool{}
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	for must(d.ReadToken()); d.PeekKind() == '"'; {
		key := must(d.ReadToken()).String()
		v := must(d.ReadValue())
		if rule := readField(fields, key, seen[key], v); rule != "" {
			bad = append(bad, showKey(key, rule))
		}
		seen[key] = true
	}
	for _, f := range fields {
		if f.needed && !seen[f.name] && len(bad) == 0 { // what is wrong may be the missing one, misspelt
			bad = append(bad, sale.FieldError{Field: f.name, Rule: "is required"})
		}
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

func readField(fields []field, key string, again bool, v jsontext.Value) (rule string) {
	if again {
		return "must stand there once"
	}
	if i := slices.IndexFunc(fields, func(f field) bool { return f.name == key }); i >= 0 {
		return fields[i].read(v)
	}
	if i := slices.IndexFunc(fields, func(f field) bool { return strings.EqualFold(f.name, key) }); i >= 0 {
		return "must be written " + fields[i].name
	}
	return "is not a field of this request"
}

// must is for reading what IsValid has read before.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// showKey names the key, unless it is of a shape that nobody wants in an answer.
func showKey(key, rule string) sale.FieldError {
	if sale.CheckID(key) {
		return sale.FieldError{Field: key, Rule: rule}
	}
	return sale.FieldError{Field: "body", Rule: "has a key that is no field of this request"}
}

func textField(name string, to *string) field {
	return field{name: name, read: func(v jsontext.Value) string {
		if v.Kind() != '"' {
			return "must be text"
		}
		*to = string(must(jsontext.AppendUnquote(nil, v)))
		return ""
	}}
}

func idField(name string, to *string) field {
	return field{name: name, read: func(v jsontext.Value) string {
		if textField(name, to).read(v) != "" || !sale.CheckID(*to) {
			return sale.IDRule
		}
		return ""
	}}
}

func wholeField(name string, most int64, to *int64) field {
	return field{name: name, read: func(v jsontext.Value) string {
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil || n < 1 || n > most {
			return "must be a whole number from 1 to " + strconv.FormatInt(most, 10)
		}
		*to = n
		return ""
	}}
}

func timeField(name string, to *time.Time) field {
	return field{name: name, read: func(v jsontext.Value) string {
		var text string
		rule := textField(name, &text).read(v)
		t, err := time.Parse(time.RFC3339, text)
		t = t.UTC().Truncate(time.Millisecond)
		// Not every year can be written the way that it is read: +24:00 may lead past 9999.
		if rule != "" || err != nil || t.Year() < 1970 || t.Year() > 9999 {
			return "must be a time as in RFC 3339, from 1970 to 9999"
		}
		*to = t
		return ""
	}}
}

func durationField(name string, to *time.Duration) field {
	return field{name: name, read: func(v jsontext.Value) string {
		var text string
		rule := textField(name, &text).read(v)
		d, err := time.ParseDuration(text)
		if rule != "" || err != nil {
			return `must be a duration, like "15m" or "0s"`
		}
		*to = d
		return ""
	}}
}

// checkJSON returns a problem unless the headers announce plain JSON.
func checkJSON(contentType, contentEncoding string) *Problem {
	media, params, err := mime.ParseMediaType(contentType)
	charset, other := params["charset"]
	if err != nil || media != "application/json" || other && !strings.EqualFold(charset, "utf-8") {
		return broken(notJSON, "Content-Type", "must be application/json")
	}
	if contentEncoding != "" && contentEncoding != "identity" {
		return broken(notJSON, "Content-Encoding", "must be absent")
	}
	return nil
}
