package app

import (
	"os"
	"path/filepath"
	"testing"

	"seckill/internal/rehearsal"
	"seckill/internal/rehearsal/shelftest"
)

func TestShelf(t *testing.T) {
	shelftest.Exercise(t, func(t *testing.T) (rehearsal.Shelf, func() rehearsal.Shelf) {
		f := &folder{path: t.TempDir()}
		return &fileShelf{folder: f}, func() rehearsal.Shelf { return &fileShelf{folder: f} }
	})
}

// A file that somebody spoilt hides no other, and can be removed.
func TestASpoiltFileOnTheShelf(t *testing.T) {
	f := &folder{path: t.TempDir()}
	s := &fileShelf{folder: f}
	if _, err := s.Begin(t.Context(), "rehearsal-2", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.path, "rehearsals", "rehearsal-1.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var ids []string
	if err := s.All(t.Context(), func(id string, _ []byte, _ bool) { ids = append(ids, id) }); err != nil || len(ids) != 2 {
		t.Errorf("%q, %v", ids, err)
	}
	if running, err := s.Remove(t.Context(), "rehearsal-1"); err != nil || running {
		t.Errorf("%v, %v", running, err)
	}
}
