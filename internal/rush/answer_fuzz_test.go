package rush

import (
	"bytes"
	"testing"
)

// An answer that the quick reader takes whole is the one that net/http finds there.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nLocation: /x\r\nRetry-After: 3\r\n\r\nok", "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		var quick, slow answer
		need, ok := parse(&quick, wire)
		_ = quick.String()
		_, _ = problemOf(quick.body), statusOf(quick.body)
		if !ok || need == 0 || need > len(wire) || parseAny(&slow, bytes.NewReader(wire)) != nil {
			return
		}
		if quick.status != slow.status || !bytes.Equal(quick.body, slow.body) {
			t.Errorf("%q is %v, and by net/http %v", wire, &quick, &slow)
		}
	})
}
