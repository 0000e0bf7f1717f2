package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// values are how flags are read, so that a wrong one is told what would be right.
func values() []kong.Option {
	return []kong.Option{
		kong.TypeMapper(reflect.TypeFor[time.Duration](), value("a time with its unit, as 2s or 1m30s", func(s string, v reflect.Value) error {
			d, err := time.ParseDuration(s)
			v.SetInt(int64(d))
			return err
		})),
		kong.TypeMapper(reflect.TypeFor[slog.Level](), value("debug, info, warn or error", func(s string, v reflect.Value) error {
			var l slog.Level
			err := l.UnmarshalText([]byte(s))
			v.SetInt(int64(l))
			return err
		})),
		kong.KindMapper(reflect.Int, value("a whole number, as 100", func(s string, v reflect.Value) error {
			n, err := strconv.ParseInt(s, 10, 64)
			v.SetInt(n)
			return err
		})),
		kong.KindMapper(reflect.Uint64, value("a whole number of 0 or more, as 100", func(s string, v reflect.Value) error {
			n, err := strconv.ParseUint(s, 10, 64)
			v.SetUint(n)
			return err
		})),
		kong.KindMapper(reflect.Float64, value("a number, as 2 or 0.5", func(s string, v reflect.Value) error {
			n, err := strconv.ParseFloat(s, 64)
			v.SetFloat(n)
			return err
		})),
	}
}

// value reads a flag's value, also one that begins with a hyphen.
func value(is string, set func(string, reflect.Value) error) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		token := ctx.Scan.Pop()
		given := fmt.Sprint(token.Value)
		if token.IsEOL() || strings.HasPrefix(given, "--") {
			return errors.New("needs a value")
		}
		if set(given, target) != nil {
			return fmt.Errorf("must be %s, not %q", is, given)
		}
		return nil
	}
}

// said is an error in one line of our words: a flag is the subject of its sentence, and a
// server that is not there is told by its address.
func said(err error) string {
	if ask := (*url.Error)(nil); errors.As(err, &ask) {
		return fmt.Sprintf("%s cannot be reached: %v", hostOf(ask.URL), innermost(ask))
	}
	words := err.Error()
	if file := (*fs.PathError)(nil); errors.As(err, &file) {
		words = strings.Replace(words, file.Error(), fmt.Sprintf("%s: %v", file.Path, file.Err), 1)
	}
	for _, l := range theirs {
		words = l.words.ReplaceAllString(words, l.ours)
	}
	return flagAndRule.ReplaceAllString(oneOf.ReplaceAllStringFunc(words, choice), "$1 $2")
}

var (
	theirs = []struct {
		words *regexp.Regexp
		ours  string
	}{
		{regexp.MustCompile(`expected \S+ value but got .*`), "needs a value"},
		{regexp.MustCompile(`^expected "(<[a-z]+>)"$`), "$1 is missing"},
		{regexp.MustCompile(`bool value must be true, 1, yes, false, 0 or no but got`), "must be true or false, not"},
		{regexp.MustCompile(`\(from envar (\w+)=.*\)$`), "($1)"},
	}
	oneOf       = regexp.MustCompile(`must be one of ("[^"]*"(?:,"[^"]*")*) but got`)
	flagAndRule = regexp.MustCompile(`^(?:[a-z]+: )?(--[a-z-]+):? (must|is|needs)\b`)
)

// choice says "must be a, b or c, not", of the library's oneOf.
func choice(words string) string {
	all := strings.Split(strings.ReplaceAll(oneOf.FindStringSubmatch(words)[1], `"`, ""), ",")
	last := len(all) - 1
	return "must be " + strings.Join(all[:last], ", ") + " or " + all[last] + ", not"
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Scheme + "://" + u.Host
	}
	return address
}

// innermost is why, without the calls that it came through.
func innermost(err *url.Error) error {
	if err.Timeout() {
		return errors.New("no answer in time")
	}
	why := err.Err
	if op := (*net.OpError)(nil); errors.As(why, &op) {
		why = op.Err
	}
	if call := (*os.SyscallError)(nil); errors.As(why, &call) {
		why = call.Err
	}
	if name := (*net.DNSError)(nil); errors.As(why, &name) {
		why = errors.New(name.Err)
	}
	return why
}
