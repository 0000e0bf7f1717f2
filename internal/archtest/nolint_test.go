package archtest

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	linterThatIsOn = regexp.MustCompile(`(?m)^    - (\w+) +#`)
	suppression    = regexp.MustCompile(`//nolint[:](\S+)`)
)

// Whoever suppresses a linter that is off believes that it is on. nolintlint looks
// at those of the linters that run only.
func TestSuppressedLintersAreOn(t *testing.T) {
	root := os.DirFS("../..")
	config, err := fs.ReadFile(root, ".golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]bool{}
	for _, linter := range linterThatIsOn.FindAllSubmatch(config, -1) {
		on[string(linter[1])] = true
	}
	if len(on) == 0 {
		t.Fatal("no linter is on")
	}
	err = fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (slices.Contains(unread, e.Name()) || name != "." && strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		for _, s := range suppression.FindAllSubmatch(text, -1) {
			for linter := range strings.SplitSeq(string(s[1]), ",") {
				if !on[linter] {
					t.Errorf("%s suppresses %q, which .golangci.yml does not turn on", name, linter)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
