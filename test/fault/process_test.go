package fault

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"seckill/test/program"
)

// The real program, in short words.
type (
	server = program.Server
	answer = program.Answer
	order  = program.Order
)

// serve starts a server on a free port and waits until it is ready.
func serve(t testing.TB, binary, data string, options ...string) *server {
	t.Helper()
	s := tryServe(t, binary, data, options...)
	if !s.Ready(t) {
		t.Fatalf("serve ended with exit code %d before it was ready:\n%s", s.Wait(), s.Out.String())
	}
	return s
}

// tryServe starts one that need not get ready.
func tryServe(t testing.TB, binary, data string, options ...string) *server {
	t.Helper()
	return program.Serve(t, binary, append([]string{"--data", data}, options...)...)
}

// judged is what seckill verify finds in the folder, if it is not what it should be.
func judged(t testing.TB, data string) []string {
	t.Helper()
	code, out := program.Run(t, bin, "verify", "--data", data)
	if code != 0 || !strings.Contains(out, "no findings") {
		return []string{"verify: exit code " + itoa(code) + "\n" + out}
	}
	return nil
}

// copyFolder copies a data folder that no process uses.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func mustWrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
