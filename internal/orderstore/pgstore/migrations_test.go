package pgstore

import (
	"io/fs"
	"strconv"
	"strings"
	"testing"
)

// Of two migrations of one number only one would be taken, by whoever has the other.
func TestMigrationsAreNumberedWithoutGapsOrTwins(t *testing.T) {
	all, err := fs.Glob(files, "migrations/*.sql") // by name
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	for i, file := range all {
		number, _, _ := strings.Cut(strings.TrimPrefix(file, "migrations/"), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 || len(number) != 5 {
			t.Errorf("%s is not number %05d", file, i+1)
		}
	}
}
