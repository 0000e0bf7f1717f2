package app

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/gofrs/flock"

	"seckill/internal/sale"
)

// folderVersion is that of the layout in the package comment.
const folderVersion = "1"

// ErrNoSale is the error of a folder, or none, in which no sale was kept.
var ErrNoSale = errors.New("there is no sale")

// ErrInUse is the error of a data folder that another process holds.
var ErrInUse = errors.New("another process is using it")

// A folder is a data folder, locked for this process.
type folder struct {
	path      string
	lock      *flock.Flock
	published bool // serve.json may be this process's
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// openFolder locks the data folder. If create is not set, one that is not
// there is ErrNoSale.
func openFolder(path string, create bool) (*folder, error) {
	f := &folder{path: path, lock: flock.New(filepath.Join(path, "lock"), flock.SetPermissions(0o600))}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder", path)
	}
	if !create && f.lacks("version") && f.lacks("orders.log") && f.lacks("store.db") {
		return nil, fmt.Errorf("%w in %s: neither orders.log nor store.db is there", ErrNoSale, path)
	}
	if err := makeFolder(path); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	if create {
		if err := f.tighten(); err != nil {
			return nil, err
		}
	}
	locked, err := f.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("data folder %s: %w", path, ErrInUse)
	}
	if err := f.checkVersion(); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// tighten takes the folder from everybody but its owner. One that holds what is
// not of a sale is left as it is: others may need it.
func (f *folder) tighten() error {
	info, err := os.Stat(f.path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	files, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, file := range files {
		if !ours.MatchString(file.Name()) {
			return fmt.Errorf("data folder %s is open to others (%v) and holds %s, which is not of a sale: name a folder of its own, or chmod 700 it",
				f.path, info.Mode().Perm(), file.Name())
		}
	}
	if err := os.Chmod(f.path, 0o700); err != nil {
		return fmt.Errorf("data folder %s is open to others (%v): %w", f.path, info.Mode().Perm(), err)
	}
	return nil
}

var ours = regexp.MustCompile(`^(lock|version|serve\.json|orders\.log|store\.db|` + rehearsalFolder + `)([.-]|$)`)

// checkVersion refuses a folder of another layout. Programs before this one did not
// sync the file, and a power cut emptied it: log and store have versions of their
// own in them, so it is as good as one that was never written.
func (f *folder) checkVersion() error {
	kept, err := os.ReadFile(f.file("version"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the data folder: %w", err)
	}
	switch v := strings.Trim(string(kept), "\n\x00"); v {
	case folderVersion:
		return nil
	case "":
		return f.write("version", []byte(folderVersion+"\n"))
	default:
		return fmt.Errorf("data folder %s has layout version %q, and this program knows %s", f.path, v, folderVersion)
	}
}

// write makes a file that is there whole or not at all, also if the disk is
// full or the power goes, and with these rights, whatever one that was there had.
func (f *folder) write(name string, data []byte) error {
	tmp, path := f.file(name+".new"), f.file(name)
	if err := writeSynced(tmp, data); err != nil {
		_ = os.Remove(tmp) // the first error is the one to tell
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// sync has the disk know every file that was made in the folder.
func (f *folder) sync() error { return syncFolder(f.path) }

func (f *folder) lacks(name string) bool {
	_, err := os.Stat(f.file(name))
	return errors.Is(err, fs.ErrNotExist)
}

// checkFiles finds a log that was taken away: it is made before the store, and a
// new one in its place would only be another's.
func (f *folder) checkFiles() error {
	if f.lacks("orders.log") && !f.lacks("store.db") {
		return fmt.Errorf("%w: %s is missing, and %s is there", sale.ErrDamaged, f.file("orders.log"), f.file("store.db"))
	}
	return nil
}

// advise is what is wrong with the log and with the tables, nil if one is well, and
// what to do about damage.
func (f *folder) advise(log, store error) error {
	err := errors.Join(log, store)
	switch {
	case !errors.Is(err, sale.ErrDamaged):
		return err
	case log == nil:
		return fmt.Errorf("%w; move store.db away, and the next serve folds the log into a new one", err)
	case store != nil || f.lacks("store.db"):
		return fmt.Errorf("%w; nothing is left to go on from: put back a copy of the folder", err)
	default:
		return fmt.Errorf("%w; seckill recover --data %s puts log and tables together again", err, f.path)
	}
}

func (f *folder) close() error { return f.lock.Close() }

// An endpoint tells verify where the process that holds the folder can be asked.
type endpoint struct {
	Address string `json:"address"`
	TLS     bool   `json:"tls,omitzero"`
	Key     string `json:"key"`
}

// writeEndpoint writes serve.json with a fresh key.
func (f *folder) writeEndpoint(address string, overTLS bool) (endpoint, error) {
	b := endpoint{Address: address, TLS: overTLS, Key: rand.Text()}
	j, err := json.Marshal(b)
	if err != nil {
		return b, err
	}
	f.published = true
	return b, f.write("serve.json", j)
}

// removeEndpoint takes serve.json away, if this process wrote it.
func (f *folder) removeEndpoint() error {
	if !f.published {
		return nil
	}
	if err := os.Remove(f.file("serve.json")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func readEndpoint(path string) (b endpoint, err error) {
	j, err := os.ReadFile(filepath.Join(path, "serve.json"))
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(j, &b); err != nil {
		return b, err
	}
	_, err = netip.ParseAddrPort(b.Address)
	return b, err
}

// makeFolder makes a folder and those above it, so that a power cut does not take
// them away again.
func makeFolder(path string) error {
	var above []string // of each that is missing
	for dir := path; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		above = append(above, filepath.Dir(dir))
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for _, dir := range above {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

// writeSynced makes or overwrites a file, and waits until the disk has it.
func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder waits until the disk has the names in a folder.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" { // it syncs no folders
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
