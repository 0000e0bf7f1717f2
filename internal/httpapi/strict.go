package httpapi

import (
	"bytes"
	"errors"
	"mime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"seckill/internal/sale"
)

const maxBody = 4096

// plain is the bytes that a user id may have.
var plain = func() (set [256]bool) {
	for c := range set {
		set[c] = sale.CheckUser([]byte{byte(c)})
	}
	return set
}()

// A field reads the value of one key, and returns the rule that it breaks, or fine.
type field struct {
	name   string
	read   func(v jsontext.Value) sale.FieldError
	needed bool
}

var fine sale.FieldError

func needed(f field) field {
	f.needed = true
	return f
}

// readObject reads a body that must be one JSON object with no other keys than
// these, each at most once, and all that are needed. It looks at all of them before it complains.
func readObject(body []byte, fields ...field) error {
	value := jsontext.Value(body)
	if !value.IsValid(jsontext.AllowDuplicateNames(true)) {
		return broken(malformed, sale.RuleJSON.Of("body"))
	}
	if value.Kind() != '{' {
		return broken(invalid, sale.RuleObject.Of("body"))
	}
	var bad sale.Invalid
	seen := map[string]bool{}
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	for must(d.ReadToken()); d.PeekKind() == '"'; {
		key := must(d.ReadToken()).String()
		v := must(d.ReadValue())
		if e := readField(fields, key, seen[key], v); e.Code != "" {
			bad = append(bad, showKey(e))
		}
		seen[key] = true
	}
	for _, f := range fields {
		// What is wrong may be the missing one, misspelt.
		bad.Check(!f.needed || seen[f.name] || len(bad) > 0, f.name, sale.RuleRequired)
	}
	return bad.OrNil()
}

func readField(fields []field, key string, again bool, v jsontext.Value) sale.FieldError {
	if again {
		return sale.RuleOnce.Of(key)
	}
	if i := slices.IndexFunc(fields, func(f field) bool { return f.name == key }); i >= 0 {
		return fields[i].read(v)
	}
	if i := slices.IndexFunc(fields, func(f field) bool { return strings.EqualFold(f.name, key) }); i >= 0 {
		return sale.RuleSpelling.Of(key, fields[i].name)
	}
	return sale.RuleUnknown.Of(key)
}

// must is for reading what IsValid has read before.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// showKey names the key, unless it is of a shape that nobody wants in an answer.
func showKey(e sale.FieldError) sale.FieldError {
	if sale.CheckID(strings.ReplaceAll(e.Field, ".", "")) {
		return e
	}
	return sale.RuleUnknownKey.Of("body")
}

func textField(name string, to *string) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		if v.Kind() != '"' {
			return sale.RuleText.Of(name)
		}
		*to = string(must(jsontext.AppendUnquote(nil, v)))
		return fine
	}}
}

// checkedField reads a text that has to pass a check.
func checkedField(name string, rule sale.Rule, check func(string) bool, to *string, particulars ...any) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		if textField(name, to).read(v).Code != "" || !check(*to) {
			return rule.Of(name, particulars...)
		}
		return fine
	}}
}

func userField(name string, to *string) field {
	return checkedField(name, sale.RuleUser, sale.CheckUser[string], to)
}

func orderField(name string, to *sale.OrderID) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		var text string
		e := textField(name, &text).read(v)
		id, err := sale.ParseOrderID(text)
		if e.Code != "" || err != nil {
			return sale.RuleUUID.Of(name)
		}
		*to = id
		return fine
	}}
}

func wholeField(name string, most int64, to *int64) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil || n < 1 || n > most {
			return sale.RuleWholeRange.Of(name, 1, most)
		}
		*to = n
		return fine
	}}
}

func timeField(name string, to *time.Time) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		var text string
		e := textField(name, &text).read(v)
		t, err := time.Parse(time.RFC3339, text)
		t = t.UTC().Truncate(time.Millisecond)
		// Not every year can be written the way that it is read: +24:00 may lead past 9999.
		if e.Code != "" || err != nil || t.Year() < 1970 || t.Year() > 9999 {
			return sale.RuleTime.Of(name)
		}
		*to = t
		return fine
	}}
}

func durationField(name string, to *time.Duration) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		var text string
		e := textField(name, &text).read(v)
		d, err := time.ParseDuration(text)
		if e.Code != "" || err != nil {
			return sale.RuleDuration.Of(name)
		}
		*to = d
		return fine
	}}
}

// priceField reads an object of two fields; of several broken rules it tells one.
func priceField(name string, to *sale.Price) field {
	return field{name: name, read: func(v jsontext.Value) sale.FieldError {
		err := readObject(v, needed(wholeField("amount", sale.MaxAmount, &to.Amount)), needed(textField("currency", &to.Currency)))
		var bad sale.Invalid
		switch {
		case errors.As(err, &bad):
			bad[0].Field = name + "." + bad[0].Field
			return bad[0]
		case err != nil:
			return sale.RuleObject.Of(name)
		}
		return fine
	}}
}

// checkJSON returns a problem unless the headers announce plain JSON.
func checkJSON(contentType, contentEncoding string) *Problem {
	media, params, err := mime.ParseMediaType(contentType)
	charset, other := params["charset"]
	if err != nil || media != "application/json" || other && !strings.EqualFold(charset, "utf-8") {
		return broken(notJSON, sale.RuleMediaType.Of("Content-Type", "application/json"))
	}
	if contentEncoding != "" && contentEncoding != "identity" {
		return broken(notJSON, sale.RuleAbsent.Of("Content-Encoding"))
	}
	return nil
}
