package sqlitestore

import (
	"path/filepath"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T) storetest.Harness {
		path := filepath.Join(t.TempDir(), "orders.db")
		s := open(t, path, time.Now)
		return storetest.Harness{Keeper: s, Reopen: func() orderstore.Keeper {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, path, time.Now)
			return s
		}}
	})
}

// open opens a store that closes with the test.
func open(t testing.TB, path string, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
