package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/sale"
)

// aSale is a data folder.
func aSale(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	log, err := sqlitelog.Open(t.Context(), filepath.Join(data, "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	opening := sale.Record{Kind: sale.KindOpening, ProductID: "a", Epoch: 1, Nonce: "n", At: time.Now(), Terms: sale.Terms{Quantity: 1, LimitPerUser: 1}}
	_, err = log.Append(t.Context(), 0, []sale.Record{opening})
	store, err2 := sqlitestore.Open(filepath.Join(data, "store.db"), time.Now)
	if err := errors.Join(err, err2, log.Close()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// The copies have the secrets.
func TestCopiesAreTheirOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	_, done, err := saleOf(t.Context(), Config{Data: aSale(t)}, dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if is, err := file.Info(); err != nil || is.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file.Name(), is.Mode(), err)
		}
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}

// What stands in the place of the folder in which a backup is made is not touched,
// unless it is what a backup has left.
func TestWhatIsInTheWayOfABackup(t *testing.T) {
	data := aSale(t)
	folder := func(mode fs.FileMode, files ...string) func(string) error {
		return func(part string) error {
			err := errors.Join(os.Mkdir(part, 0o700), os.Chmod(part, mode))
			for _, name := range files {
				err = errors.Join(err, os.WriteFile(filepath.Join(part, name), []byte("mine"), 0o600))
			}
			return err
		}
	}
	for name, c := range map[string]struct {
		make func(part string) error
		want string // of the error
	}{
		"nothing":       {func(string) error { return nil }, ""},
		"of a backup":   {folder(0o700, "lock", "backup", "orders.log", "store.db", "store.db-wal", "store.db-shm"), ""},
		"files":         {folder(0o700, "holiday.jpg"), "holds holiday.jpg"},
		"a folder":      {func(part string) error { return os.MkdirAll(filepath.Join(part, "backup", "x"), 0o700) }, "holds backup"},
		"open":          {folder(0o777), "open to others"},
		"open to read":  {folder(0o750), "open to others"},
		"a file":        {func(part string) error { return os.WriteFile(part, []byte("mine"), 0o600) }, "is no folder"},
		"a link":        {func(part string) error { return os.Symlink(t.TempDir(), part) }, "is no folder"},
		"somebody else": {func(part string) error { return errors.Join(folder(0o700)(part), os.Chown(part, 65534, 65534)) }, "another user's"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "somebody else" && os.Geteuid() != 0 {
				t.Skip("only root can give a folder away")
			}
			to := filepath.Join(t.TempDir(), "file")
			part := to + ".part"
			if err := c.make(part); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Lstat(part)
			_, err := Backup(t.Context(), Config{Data: data}, to)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				if _, err := os.Lstat(part); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("left: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			after, err := os.Lstat(part)
			if err != nil || after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) {
				t.Errorf("it was touched: %v", err)
			}
		})
	}
}
