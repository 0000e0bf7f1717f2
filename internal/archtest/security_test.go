package archtest

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every test that docs/security.md names exists, and each of its rows names one.
func TestSecurityNamesTests(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	root := os.DirFS("../..")
	err = fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && skipped(name):
			return fs.SkipDir
		case !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(root, name)
		for _, name := range declared.FindAllSubmatch(source, -1) {
			tests[string(name[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+|\btest/\S+\.spec\.ts`)
	rows := 0
	for line := range strings.Lines(string(text)) {
		names := named.FindAllString(line, -1)
		for _, name := range names {
			if _, err := fs.Stat(root, name); !tests[name] && err != nil {
				t.Errorf("docs/security.md names %s, and there is no such test", name)
			}
		}
		threat := strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| threat |")
		if threat && len(names) == 0 {
			t.Errorf("docs/security.md names no test for %s", line)
		}
		if threat {
			rows++
		}
	}
	if rows == 0 {
		t.Error("docs/security.md names no threat")
	}
}
