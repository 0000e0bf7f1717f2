package devstack

import (
	"context"
	"net"
)

// exchange sends one message and returns the first piece of the answer, of at
// most size bytes. The servers here answer so small a question in one piece.
func exchange(ctx context.Context, port int, message []byte, size int) ([]byte, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address(port))
	if err != nil {
		return nil, err
	}
	hangUp := func() { _ = conn.Close() } // there is nothing left to lose
	defer hangUp()
	defer context.AfterFunc(ctx, hangUp)()
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	answer := make([]byte, size)
	n, err := conn.Read(answer)
	if n > 0 {
		err = nil
	}
	return answer[:n], err
}
