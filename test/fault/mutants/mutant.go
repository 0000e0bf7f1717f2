// Package mutants shows that the tests bite: each .patch beside it takes one of
// the rules away that keep a sale safe, and names the test that must notice.
//
// A patch has a header, then the difference as git writes it:
//
//	Rule: its number in docs/protocol.md, and in how many of 1,000 runs of a first model of it its lack broke a promise
//	Takes away: in words; also the rule before it, if this one is only the arbiter behind that
//	Test: the package, and the name of the test as for go test -run
//	Seed: of a story that broke, if the test is the simulation
//	Says: what the failing test must say, as a regular expression
//
// Nothing is written into the tree: the changed files reach the compiler by
// go build -overlay.
package mutants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A mutant is one patch.
type mutant struct {
	name  string
	rule  string
	takes string
	test  test
	says  *regexp.Regexp
	patch []byte
}

// A test is what has to catch it.
type test struct {
	pkg, run string
	seed     string // of the simulation; empty: another test
}

func (t test) simulation() bool { return t.seed != "" }

func (t test) String() string { return strings.TrimPrefix(t.pkg, "./") + " " + t.run }

// read reads a patch file.
func read(path string) (*mutant, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := &mutant{name: strings.TrimSuffix(filepath.Base(path), ".patch")}
	header, patch, _ := bytes.Cut(text, []byte("\n\n"))
	m.patch = patch
	for line := range strings.Lines(string(header)) {
		field, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch field {
		case "Rule":
			m.rule = value
		case "Takes away":
			m.takes = value
		case "Test":
			m.test.pkg, m.test.run, _ = strings.Cut(value, " ")
		case "Seed":
			m.test.seed = value
			_, err = strconv.ParseUint(value, 10, 64)
		case "Says":
			m.says, err = regexp.Compile(value)
		default:
			err = fmt.Errorf("what is %q?", line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if m.rule == "" || m.takes == "" || m.test.run == "" || m.says == nil || len(patch) == 0 {
		return nil, fmt.Errorf("%s: something is missing", path)
	}
	return m, nil
}

var touches = regexp.MustCompile(`(?m)^--- a/(\S+)`)

// apply writes changed copies of the files under root into dir, and returns the
// overlay that puts them into their place.
func (m *mutant) apply(root, dir string) (overlay string, err error) {
	replace := map[string]string{}
	for _, match := range touches.FindAllSubmatch(m.patch, -1) {
		file := string(match[1])
		changed := filepath.Join(dir, file)
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return "", err
		}
		if err := os.MkdirAll(filepath.Dir(changed), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(changed, text, 0o644); err != nil {
			return "", err
		}
		replace[filepath.Join(root, file)] = changed
	}
	git := exec.Command("git", "apply", "-")
	git.Dir, git.Stdin = dir, bytes.NewReader(m.patch)
	git.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir)) // it is not in a repository
	if out, err := git.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s applies no longer: %w\n%s", m.name, err, out)
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o644)
}
