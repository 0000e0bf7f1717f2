package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"seckill/internal/sale"
)

// A fileRegistry keeps rehearsals in a data folder, a file each: a rehearsal.Registry.
// Only the process that holds the folder uses it, so what runs is what has begun
// here.
type fileRegistry struct {
	folder *folder

	mu      sync.Mutex
	running string // id of the one that runs; empty: none
	stop    bool   // somebody asked for it
}

// keptRehearsal is such a file.
type keptRehearsal struct {
	Summary json.RawMessage `json:"summary"`
	Report  json.RawMessage `json:"report,omitempty"`
}

const rehearsalFolder = "rehearsals"

func (s *fileRegistry) name(id string) string { return filepath.Join(rehearsalFolder, id+".json") }

func (s *fileRegistry) Begin(_ context.Context, id string, summary []byte) (other string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != "" {
		return s.running, nil
	}
	if err := makeFolder(s.folder.file(rehearsalFolder)); err != nil {
		return "", unreadable(err)
	}
	if err := s.write(id, keptRehearsal{Summary: summary}); err != nil {
		return "", err
	}
	s.running, s.stop = id, false
	return "", nil
}

func (s *fileRegistry) Keep(_ context.Context, id string, summary, report []byte, ended bool) (stop bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != s.running {
		return false, sale.ErrNotFound
	}
	kept := keptRehearsal{summary, report}
	if report == nil {
		before, err := s.read(id)
		if err != nil {
			return false, err
		}
		kept.Report = before.Report
	}
	if err := s.write(id, kept); err != nil {
		return false, err
	}
	if ended {
		s.running = ""
	}
	return s.stop, nil
}

func (s *fileRegistry) Get(_ context.Context, id string) (summary, report []byte, running bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.read(id)
	return kept.Summary, kept.Report, id == s.running, err
}

func (s *fileRegistry) All(_ context.Context, f func(id string, summary []byte, running bool)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	files, err := os.ReadDir(s.folder.file(rehearsalFolder)) // by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {       // none has begun yet
		return unreadable(err)
	}
	for _, file := range slices.Backward(files) {
		id, ok := strings.CutSuffix(file.Name(), ".json")
		if !ok {
			continue
		}
		kept, err := s.read(id)
		if err != nil {
			return err
		}
		f(id, kept.Summary, id == s.running)
	}
	return nil
}

func (s *fileRegistry) Remove(_ context.Context, id string) (running bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == s.running {
		s.stop = true
		return true, nil
	}
	err = os.Remove(s.folder.file(s.name(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, sale.ErrNotFound
	}
	return false, unreadable(err)
}

// read gives nothing if the file is not as it was written: the rehearsal is
// then shown as one that cannot be read, and can be removed.
func (s *fileRegistry) read(id string) (kept keptRehearsal, err error) {
	b, err := os.ReadFile(s.folder.file(s.name(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return kept, sale.ErrNotFound
	}
	if json.Unmarshal(b, &kept) != nil {
		kept = keptRehearsal{}
	}
	return kept, unreadable(err)
}

func (s *fileRegistry) write(id string, kept keptRehearsal) error {
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return unreadable(s.folder.write(s.name(id), b))
}

// unreadable is the kind of error of a disk that does not do as it is told.
func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: rehearsals: %w", sale.ErrUnavailable, err)
}
