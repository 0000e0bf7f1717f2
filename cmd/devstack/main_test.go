//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"seckill/internal/devstack"
)

// The test binary is the command too, so that signals reach a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("DEVSTACK_TEST_IS_THE_COMMAND") != "" {
		main()
	}
	os.Exit(m.Run())
}

// command is devstack with its flags, and what it says on stderr.
func command(t *testing.T, args ...string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	said := &strings.Builder{}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), "DEVSTACK_TEST_IS_THE_COMMAND=1")
	cmd.Stderr = said
	return cmd, said
}

var line = regexp.MustCompile(`^--redis 'redis://([^/]+)/0' --kafka '([^,']+)' --postgres 'postgres://seckill@([^/]+)/seckill\?sslmode=disable'\n$`)

func TestAllEndWithTheCommand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stack")
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGKILL} {
		cmd, said := command(t, "--dir", dir)
		servers := connect(t, cmd, said)
		if second, why := command(t, "--dir", dir); second.Run() == nil || !strings.Contains(why.String(), "another devstack") {
			t.Errorf("a second one on the folder: %v, %s", second.ProcessState, why)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); (err == nil) != (signal != syscall.SIGKILL) {
			t.Errorf("%v: %v\n%s", signal, err, said)
		}
		for _, conn := range servers { // one that lived on would keep us here
			if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("after %v: %v", signal, err)
			}
		}
	}
}

// connect starts the command and connects to each server that it says it has.
func connect(t *testing.T, cmd *exec.Cmd, said *strings.Builder) (servers []net.Conn) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait() // said is whole then
		if strings.Contains(said.String(), devstack.ErrMissing.Error()) {
			t.Skip("SKIPPED: ", said)
		}
		t.Fatal(said)
	}
	at := line.FindStringSubmatch(printed)
	if at == nil {
		t.Fatalf("it prints %q", printed)
	}
	for _, address := range at[1:] {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		servers = append(servers, conn)
	}
	return servers
}

func TestWrongUsage(t *testing.T) {
	for _, args := range [][]string{{"--brokers", "2"}, {"--nope"}, {"extra"}} {
		var said strings.Builder
		if code := run(context.Background(), args, io.Discard, &said); code != usage || said.Len() == 0 {
			t.Errorf("%v: %d, %q", args, code, said.String())
		}
	}
}

func TestErrorsArePlain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	if code := run(t.Context(), []string{"--dir", file}, io.Discard, &said); code != 1 || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("%d, %q", code, said.String())
	}
}
