package readme

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	target = regexp.MustCompile(`(?m)^([a-z][a-z -]*):(?: |$)`)
	quoted = regexp.MustCompile("(?ms)^```.*?^```|`[^`]+`")
	made   = regexp.MustCompile(`\bmake((?: [a-z][a-z-]*| [A-Z]+=\S+)+)`)
	ours   = regexp.MustCompile(`(?:^|[\s` + "`" + `(])(?:\./)?((?:api|cmd|deploy|docs|internal|scripts|test|ui)/[\w./-]*\w)`)
	linked = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// What the documents tell a reader to type or to open is there: the targets of
// make, the files and folders, the links. The log of changes tells of its time.
func TestWhatTheDocumentsNameIsThere(t *testing.T) {
	const root = "../.."
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, line := range target.FindAllSubmatch(makefile, -1) {
		for name := range strings.FieldsSeq(string(line[1])) {
			targets[name] = true
		}
	}
	there := func(path string) bool {
		_, err := os.Stat(path)
		return !errors.Is(err, fs.ErrNotExist)
	}
	for _, page := range pages(t, root) {
		raw, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range linked.FindAllStringSubmatch(string(raw), -1) {
			if !there(filepath.Join(root, filepath.Dir(page), link[1])) {
				t.Errorf("%s links to %s, which is not there", page, link[1])
			}
		}
		for _, said := range quoted.FindAllString(string(raw), -1) {
			for _, command := range made.FindAllStringSubmatch(remark.ReplaceAllString(said, ""), -1) {
				for name := range strings.FieldsSeq(command[1]) {
					if !strings.Contains(name, "=") && !targets[name] {
						t.Errorf("%s says make %s, which is no target", page, name)
					}
				}
			}
			for _, file := range ours.FindAllStringSubmatch(said, -1) {
				if file[1] != "internal/the-room" && !there(filepath.Join(root, file[1])) {
					t.Errorf("%s names %s, which is not there", page, file[1])
				}
			}
		}
	}
}

// pages are the documents of today.
func pages(t *testing.T, root string) (all []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		found, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: none, %v", pattern, err)
		}
		all = append(all, found...)
	}
	return slices.DeleteFunc(all, func(page string) bool { return page == "CHANGELOG.md" })
}
