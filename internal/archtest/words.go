package archtest

import (
	_ "embed"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// wordList has metaphors that stood for what has a name of its own, in
// docs/glossary.md or in the field, and that name.
//
//go:embed words.txt
var wordList string

var banned = readWords(wordList)

func readWords(list string) map[string]string {
	better := map[string]string{}
	for line := range strings.Lines(list) {
		w, say, _ := strings.Cut(strings.TrimSpace(line), " ")
		better[w] = strings.TrimSpace(say)
	}
	return better
}

// A word is also a part of an identifier: new and Gate of newGate.
var word = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)

// words returns each place under root that speaks in a banned word, in Go: tests too.
func words(root fs.FS) (found []string, err error) {
	err = fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && skipped(name):
			return fs.SkipDir
		case e.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		src, err := fs.ReadFile(root, name)
		said := map[string]bool{}
		for _, w := range word.FindAllString(string(src), -1) {
			w = strings.TrimSuffix(strings.ToLower(w), "s")
			said[w] = banned[w] != ""
		}
		for _, w := range slices.Sorted(maps.Keys(banned)) {
			if said[w] {
				found = append(found, fmt.Sprintf("%s says %s: say %s, or what it is", name, w, banned[w]))
			}
		}
		return err
	})
	return found, err
}
