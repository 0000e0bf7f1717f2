package app_test

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
)

// events reads an event stream.
type events struct{ lines *bufio.Scanner }

func newEvents(r io.Reader) events {
	e := events{bufio.NewScanner(r)}
	e.lines.Buffer(nil, 1<<20)
	return e
}

// next reads the data of the next event into v.
func (e events) next(v any) error {
	for e.lines.Scan() {
		if data, ok := strings.CutPrefix(e.lines.Text(), "data: "); ok {
			return json.Unmarshal([]byte(data), v)
		}
	}
	if err := e.lines.Err(); err != nil {
		return err
	}
	return io.EOF
}
