package rush

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is what a rush needs of an HTTP response. body is valid until the
// link's next exchange.
type answer struct {
	status     int
	retryAfter time.Duration // 0: none was named
	location   string
	close      bool // the server will close the connection
	body       []byte
}

// String is the answer as a line of a report.
func (a *answer) String() string {
	return strings.TrimSpace(strconv.Itoa(a.status) + " " + excerpt(a.body))
}

// maxBody is more than any answer to a buyer; a longer one is not read on.
const maxBody = 1 << 20

var headerEnd = []byte("\r\n\r\n")

// parse reads the response at the start of buf. ok is false if it is not
// of the plain form (HTTP/1.1, with a Content-Length), which is then for
// [parseAny]. need is how many bytes the whole has, 0 if the header has not
// all arrived; the answer is complete when len(buf) >= need > 0.
func parse(a *answer, buf []byte) (need int, ok bool) {
	const statusLine = len("HTTP/1.1 200")
	end := bytes.Index(buf, headerEnd)
	if end < 0 {
		return 0, true
	}
	if end < statusLine || string(buf[:9]) != "HTTP/1.1 " {
		return 0, false
	}
	a.status = number(buf[9:12])
	a.retryAfter, a.location, a.close, a.body = 0, "", false, nil
	length := -1
	lines := buf[:end+2]
	for {
		lines = lines[bytes.IndexByte(lines, '\n')+1:]
		if len(lines) == 0 {
			break
		}
		if !header(a, &length, lines[:bytes.IndexByte(lines, '\n')]) {
			return 0, false
		}
	}
	if length < 0 || a.status < 200 {
		return 0, false
	}
	need = end + len(headerEnd) + length
	if len(buf) >= need {
		a.body = buf[end+len(headerEnd) : need]
	}
	return need, true
}

// header takes what matters of one line, and refuses what is not of the plain
// form.
func header(a *answer, length *int, line []byte) bool {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return false
	}
	name := line[:colon]
	switch { // by length and first letter, as most lines matter to nobody
	case colon == 14 && name[0]|0x20 == 'c' && bytes.EqualFold(name, []byte("content-length")):
		*length = number(bytes.TrimSpace(line[colon+1:]))
		return *length >= 0 && *length <= maxBody
	case colon == 17 && bytes.EqualFold(name, []byte("transfer-encoding")):
		return false
	case colon == 10 && name[0]|0x20 == 'c' && bytes.EqualFold(name, []byte("connection")):
		a.close = bytes.EqualFold(bytes.TrimSpace(line[colon+1:]), []byte("close"))
	case colon == 8 && bytes.EqualFold(name, []byte("location")):
		a.location = string(bytes.TrimSpace(line[colon+1:]))
	case colon == 11 && bytes.EqualFold(name, []byte("retry-after")):
		a.retryAfter = time.Duration(max(0, number(bytes.TrimSpace(line[colon+1:])))) * time.Second
	}
	return true
}

// number is a decimal of at most nine digits, or -1.
func number(b []byte) int {
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// parseAny reads a response of any form. It is slower and seldom needed.
func parseAny(a *answer, r io.Reader) error {
	in := bufio.NewReader(r)
	for {
		response, err := http.ReadResponse(in, nil) //nolint:bodyclose // Close would read an endless body on; the connection is closed instead
		if err != nil {
			return err
		}
		if response.StatusCode < 200 {
			continue // 100 Continue, 103 Early Hints: the answer is still to come
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
		if err != nil {
			return err
		}
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // a date counts as none
		*a = answer{
			status:     response.StatusCode,
			retryAfter: time.Duration(min(max(0, seconds), 1e6)) * time.Second,
			location:   response.Header.Get("Location"),
			// What came after the answer would be lost in the reader here.
			close: true,
			body:  body,
		}
		return nil
	}
}
