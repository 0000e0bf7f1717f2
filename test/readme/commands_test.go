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
	linked = regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`)
	title  = regexp.MustCompile("(?m)^#+ (.*)$")
	marks  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
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
			file := filepath.Join(root, filepath.Dir(page), link[1])
			if link[1] == "" {
				file = filepath.Join(root, page)
			}
			if !there(file) {
				t.Errorf("%s links to %s, which is not there", page, link[1])
			} else if link[2] != "" && !slices.Contains(anchors(t, file), link[2]) {
				t.Errorf("%s links to #%s, which %s does not have", page, link[2], file)
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

// anchors are those of a page's titles, as GitHub makes them.
func anchors(t *testing.T, page string) (all []string) {
	t.Helper()
	for _, found := range title.FindAllStringSubmatch(read(t, page), -1) {
		text := linked.ReplaceAllString(found[1], "")
		all = append(all, strings.ReplaceAll(marks.ReplaceAllString(strings.ToLower(text), ""), " ", "-"))
	}
	return all
}

// The index of the documents has each of them.
func TestTheIndexHasEachDocument(t *testing.T) {
	index := read(t, "../../docs/README.md")
	for _, page := range pages(t, "../..") {
		if name, of := strings.CutPrefix(page, "docs/"); of && !strings.Contains(name, "/") && name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("%s is not in docs/README.md", page)
		}
	}
}

// pages are the documents of today.
func pages(t *testing.T, root string) (all []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md", "examples/*/*.md"} {
		found, err := fs.Glob(os.DirFS(root), pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: none, %v", pattern, err)
		}
		all = append(all, found...)
	}
	return slices.DeleteFunc(all, func(page string) bool { return page == "CHANGELOG.md" })
}
