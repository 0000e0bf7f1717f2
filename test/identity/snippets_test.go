// Package identity runs the programs of docs/identity.md against what checks their tokens.
package identity

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"seckill/internal/identity"
)

var program = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// A language is where a program of it is kept, and how it is run.
type language struct {
	file    string
	command []string
}

var languages = map[string]language{
	"php":    {"token.php", []string{"php", "token.php"}},
	"js":     {"token.mjs", []string{"node", "token.mjs"}},
	"python": {"token.py", []string{"python3", "token.py"}},
	"java":   {"Token.java", []string{"java", "Token.java"}},
	"go":     {"token.go", []string{"go", "run", "token.go"}},
}

// Each program signs a token that is taken, for a buyer as another system may name them.
func TestTheProgramsOfTheDocument(t *testing.T) {
	raw, err := os.ReadFile("../../docs/identity.md")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{}
	for _, p := range program.FindAllStringSubmatch(string(raw), -1) {
		programs[p[1]] = p[2]
	}
	dir := t.TempDir()
	run(t, dir, "sh", "-c", programs["sh"])
	tokens, err := identity.NewTokens(t.Context(), identity.JWTConfig{
		Keys: "file:" + filepath.Join(dir, "buyers.json"), Issuer: "https://shop.example", Audience: "seckill",
		Now: time.Now, Log: slog.Default(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range languages {
		t.Run(name, func(t *testing.T) {
			if programs[name] == "" {
				t.Fatal("the document has no such program")
			}
			if _, err := exec.LookPath(l.command[0]); err != nil {
				t.Skipf("SKIPPED: %v", err)
			}
			if err := os.WriteFile(filepath.Join(dir, l.file), []byte(programs[name]), 0o600); err != nil {
				t.Fatal(err)
			}
			const user = "auth0|62f.x+y@shop.example"
			said := run(t, dir, append(l.command, user)...)
			buyer, err := tokens.Check([]byte(strings.TrimSpace(said)))
			if err != nil || buyer.User != user || len(buyer.Groups) != 1 || buyer.Groups[0] != "members" {
				t.Errorf("%+v, %v, of %s", buyer, err, said)
			}
		})
	}
}

func run(t *testing.T, dir string, command ...string) (said string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Dir = dir
	var wrong strings.Builder
	c.Stderr = &wrong
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, wrong.String())
	}
	return string(out)
}
