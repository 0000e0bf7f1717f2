package main

import (
	"net"
	"path/filepath"
	"syscall"
	"testing"
)

// A supervisor of systemd's kind is told when the gates are open, and when the end begins.
func TestASupervisorIsTold(t *testing.T) {
	at := filepath.Join(t.TempDir(), "notify")
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: at, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = told.Close() }() // all that it was told has been read
	c := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--drain", "0s")
	c.Env = append(c.Env, "NOTIFY_SOCKET="+at)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"READY=1", "STOPPING=1"} {
		said := make([]byte, 100)
		n, err := told.Read(said)
		if err != nil || string(said[:n]) != want {
			t.Fatalf("it is told %q, not %q, %v", said[:n], want, err)
		}
		if want == "READY=1" { // a second one would end it on the spot
			err = c.Process.Signal(syscall.SIGTERM)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}
