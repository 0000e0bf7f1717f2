package crash

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var call = regexp.MustCompile(`crash\.At\("([^"]*)"\)`)

// Every point stands in the code exactly once, in the room that it names.
func TestPointsStandInTheCodeOnce(t *testing.T) {
	places := map[string][]string{}
	rooms := os.DirFS("..")
	err := fs.WalkDir(rooms, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(rooms, path)
		for _, at := range call.FindAllSubmatch(source, -1) {
			places[string(at[1])] = append(places[string(at[1])], path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Points {
		room, _, _ := strings.Cut(p, ":")
		if at := places[p]; len(at) != 1 || !strings.Contains(at[0], room+"/") {
			t.Errorf("%q stands in %v", p, at)
		}
	}
	for p, at := range places {
		if !slices.Contains(Points, p) {
			t.Errorf("%v has the point %q, which is not listed", at, p)
		}
	}
}

func BenchmarkAt(b *testing.B) {
	for b.Loop() {
		At("purchase: a batch is taken")
	}
}
