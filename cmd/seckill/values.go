package main

import (
	"errors"
	"fmt"
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
		kong.KindMapper(reflect.Int, value("a whole number", func(s string, v reflect.Value) error {
			n, err := strconv.ParseInt(s, 10, 64)
			v.SetInt(n)
			return err
		})),
		kong.KindMapper(reflect.Uint64, value("a whole number of 0 or more", func(s string, v reflect.Value) error {
			n, err := strconv.ParseUint(s, 10, 64)
			v.SetUint(n)
			return err
		})),
		kong.KindMapper(reflect.Float64, value("a number", func(s string, v reflect.Value) error {
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
	words := noValue.ReplaceAllString(err.Error(), "needs a value")
	return flagAndRule.ReplaceAllString(words, "$1 $2")
}

var (
	noValue     = regexp.MustCompile(`expected \S+ value but got .*`)
	flagAndRule = regexp.MustCompile(`^(?:[a-z]+: )?(--[a-z-]+):? (must|is|needs)\b`)
)

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
	return why
}
