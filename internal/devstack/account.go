package devstack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// An account is a user of this machine that runs a program for us. All methods
// of nil do nothing: we run it ourselves.
type account struct {
	name     string
	uid, gid int
}

// postgresAccount is who runs Postgres if we are root.
func postgresAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("Postgres refuses to run as root, and there is no user postgres: %w", ErrMissing)
	}
	uid, err := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return &account{name: u.Username, uid: uid, gid: gid}, errors.Join(err, err2)
}

// give makes a folder, and all that is in it, theirs alone, and sees to it that
// they can get there.
func (a *account) give(folder string) error {
	if a == nil {
		return os.Chmod(folder, 0o700) // which Postgres insists on
	}
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, a.uid, a.gid))
	})
	return errors.Join(err, os.Chmod(folder, 0o700), a.openWay(folder))
}

// openWay lets everybody pass, but not look, through the folder that this one is
// in, and through all above it that are temporary: those are made for one user.
// Other folders are not ours to open.
func (a *account) openWay(folder string) error {
	temp, own := os.TempDir(), filepath.Dir(folder)
	for at := own; at != filepath.Dir(at); at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		const pass = 0o011
		switch mode := info.Mode(); {
		case mode&pass == pass:
		case at == own, strings.HasPrefix(at, temp+string(filepath.Separator)):
			if err := os.Chmod(at, mode|pass); err != nil {
				return err
			}
		default:
			return fmt.Errorf("the user %s, who is to run Postgres, may not enter %s: choose another folder", a.name, at)
		}
	}
	return nil
}
