package sqlitelog

import "context"

// Copy makes a log of the one at path as it is now, which another process may have open,
// with mode 0600.
func Copy(ctx context.Context, path, to string) error {
	db, err := openReader(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it has nothing to write
	if err := touch(to); err != nil {
		return err
	}
	if _, err = db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fault(path, "copy", err)
	}
	return nil
}
