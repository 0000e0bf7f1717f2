package sqlitestore

import "errors"

// Copy makes a store of the one at path as it is now, which another process may have open,
// with mode 0600.
func Copy(path, to string) error {
	if err := touch(to); err != nil {
		return err
	}
	c, err := connect(path, "PRAGMA busy_timeout = 5000")
	if err != nil {
		return err
	}
	_, err = c.exec("copy", "VACUUM INTO ?", to)
	return errors.Join(err, c.Close())
}
