package app

import (
	"os"
	"path/filepath"
	"testing"

	"seckill/internal/rehearsal"
	"seckill/internal/rehearsal/registrytest"
)

func TestRegistry(t *testing.T) {
	registrytest.Exercise(t, func(t *testing.T) (rehearsal.Registry, func() rehearsal.Registry) {
		f := &folder{path: t.TempDir()}
		return &fileRegistry{folder: f}, func() rehearsal.Registry { return &fileRegistry{folder: f} }
	})
}

// A file that somebody spoilt hides no other, and can be removed.
func TestASpoiltFileOfTheRegistry(t *testing.T) {
	f := &folder{path: t.TempDir()}
	s := &fileRegistry{folder: f}
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
