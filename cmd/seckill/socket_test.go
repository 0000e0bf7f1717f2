package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// given is a program that is started with a socket, as systemd gives it.
func given(t *testing.T, by any, args ...string) *exec.Cmd {
	t.Helper()
	socket, err := by.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() }) // it is the test's
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	c := program(t, args...)
	c.Args = append([]string{"sh", "-c", `export LISTEN_PID=$$; exec "$0" "$@"`, c.Path}, c.Args[1:]...)
	c.Path, c.ExtraFiles = sh, []*os.File{socket}
	c.Env = append(c.Env, "LISTEN_FDS=1")
	return c
}

// Whoever connects while the service is started anew waits, and is answered by the next process.
func TestASocketIsKeptOverARestart(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }() // it is the test's
	at, data := ln.Addr().String(), t.TempDir()
	serve := func() *exec.Cmd {
		t.Helper()
		c := given(t, ln, "serve", "--listen", at, "--data", data, "--drain", "0s")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	ask := func(c net.Conn) (answered chan int) {
		t.Helper()
		_ = c.SetDeadline(time.Now().Add(time.Minute)) // later is a hang
		if _, err := c.Write([]byte("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		answered = make(chan int, 1)
		go func() {
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err == nil {
				answered <- r.StatusCode
				_ = r.Body.Close() // it is not of interest
			}
			close(answered)
		}()
		return answered
	}
	dial := func() net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() }) // by then all is told
		return c
	}
	first := serve()
	if status := <-ask(dial()); status != 200 {
		t.Fatalf("the first one answers %d", status)
	}
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Fatal(err)
	}
	waits := ask(dial()) // nobody runs
	second := serve()
	if status := <-waits; status != 200 {
		t.Errorf("who connected in between is answered %d", status)
	}
	if err := second.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Error(err)
	}
}

// By --listen it is decided who may reach the sale: a socket elsewhere is refused.
func TestASocketElsewhereIsRefused(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "127.0.0.1:0"} {
		ln, err := net.Listen("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(ln.Addr().String())
		listen := "localhost:" + port
		if address == "127.0.0.1:0" {
			listen = "localhost:1"
		}
		out, err := given(t, ln, "serve", "--listen", listen, "--data", t.TempDir()).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--listen "+listen+": systemd's socket is at "+ln.Addr().String()+": ListenStream has to be the same") {
			t.Errorf("a socket at %s for %s: %v\n%s", ln.Addr(), listen, err, out)
		}
		if err := ln.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestASocketOfAnotherKindIsRefused(t *testing.T) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = udp.Close() }() // it is the test's
	unix, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close() }() // as above
	for _, by := range []any{udp, unix} {
		out, err := given(t, by, "serve", "--listen", "localhost:3000", "--data", t.TempDir()).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--listen localhost:3000: systemd has to give one socket of TCP") || strings.Contains(string(out), "panic") {
			t.Errorf("%T: %v\n%s", by, err, out)
		}
	}
}
