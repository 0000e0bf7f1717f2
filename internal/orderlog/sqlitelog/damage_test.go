package sqlitelog_test

import (
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/sale"
)

const rowsMade, rowSize = 6, 30

// made is a closed log of a few rows.
func made(t testing.TB) (path string) {
	path = filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	for n := range int64(rowsMade) {
		mustAppend(t, l, 1+n*rowSize, rowSize)
	}
	mustClose(t, l)
	return path
}

func change(t testing.TB, path, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantDamage checks that err is ErrDamaged and names the file and the place.
func wantDamage(t testing.TB, err error, path, place string) {
	t.Helper()
	if !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), place) {
		t.Errorf("the damage is told as: %v; want file and %q", err, place)
	}
}

var damages = []struct{ name, statement, place string }{
	{"the first row is gone", `DELETE FROM log_row WHERE first = 0`, "offset 0 is missing"},
	{"a row is gone", `DELETE FROM log_row WHERE first = 60`, "offset 60 is missing"},
	{"a row is longer", `UPDATE log_row SET frames = CAST(frames || x'00' AS BLOB) WHERE first = 60`, "offset 60,"},
	{"a row is shorter", `UPDATE log_row SET frames = substr(frames, 1, length(frames) - 1) WHERE first = 60`, "offset 60,"},
	{"a row is empty", `UPDATE log_row SET frames = x'' WHERE first = 60`, "offset 60,"},
	{"a row says more", `UPDATE log_row SET count = count + 1 WHERE first = 60`, "offset 60,"},
	{"a row says nothing", `UPDATE log_row SET count = 0 WHERE first = 60`, "offset 60,"},
	{"a sum is another", `UPDATE log_row SET sum = sum + 1 WHERE first = 60`, "offset 60,"},
	{"a sum is too large", `UPDATE log_row SET sum = sum + 0x100000000 WHERE first = 60`, "offset 60"},
	{"the row before is another", `UPDATE log_row SET before = before + 1 WHERE first = 60`, "offset 60"},
	{"a row is moved", `UPDATE log_row SET first = 1000 WHERE first = 60`, "offset 60 is missing"},
	{"two rows are swapped", `UPDATE log_row SET
		frames = (SELECT frames FROM log_row AS o WHERE o.first = 150 - log_row.first),
		sum = (SELECT sum FROM log_row AS o WHERE o.first = 150 - log_row.first) WHERE first IN (60, 90)`, "offset 60"},
}

func TestOpenFindsDamage(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			path := made(t)
			change(t, path, d.statement)
			_, err := sqlitelog.Open(t.Context(), path)
			wantDamage(t, err, path, d.place)
		})
	}
}

// What was whole at the start may be changed later: a read finds it too, before
// it gives out anything of the row.
func TestReadFindsDamage(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			path := made(t)
			l := open(t, path)
			change(t, path, d.statement)
			var err error
			for from := int64(0); err == nil && from < rowsMade*rowSize; from += 20 {
				_, err = l.Read(t.Context(), 0, from, 20)
			}
			// Without the rows around it a row's place can be told less closely.
			wantDamage(t, err, path, "offset "+d.place[len("offset "):len("offset ")+1])
			if _, err := l.Read(t.Context(), 0, 0, rowsMade*rowSize); err == nil {
				t.Error("a read of the whole log finds nothing")
			}
		})
	}
}

// A row that was made anew with a right sum of its own still is no part of the chain.
func TestOpenFindsAForeignRow(t *testing.T) {
	path, other := made(t), made(t)
	change(t, path, `ATTACH ? AS other; DELETE FROM log_row WHERE first >= 90;
		INSERT INTO log_row SELECT * FROM other.log_row WHERE first >= 90`, other)
	_, err := sqlitelog.Open(t.Context(), path)
	wantDamage(t, err, path, "offset 90 does not continue")

	change(t, other, `UPDATE log_identity SET id = 'another'`)
	_, err = sqlitelog.Open(t.Context(), other)
	wantDamage(t, err, other, "offset 0 does not continue")
}

func TestOpenRefusesWhatIsNoOrderLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database at all\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlitelog.Open(t.Context(), path)
	wantDamage(t, err, path, "")

	path = filepath.Join(t.TempDir(), "db")
	change(t, path, `CREATE TABLE log_row (first INTEGER)`)
	_, err = sqlitelog.Open(t.Context(), path)
	wantDamage(t, err, path, "no order log")

	path = made(t)
	change(t, path, `PRAGMA user_version = 2`)
	_, err = sqlitelog.Open(t.Context(), path)
	wantDamage(t, err, path, "no order log of version 1")
}

func TestOpenFindsACutFile(t *testing.T) {
	whole, err := os.ReadFile(made(t))
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size < len(whole); size += 1000 {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := sqlitelog.Open(t.Context(), path)
		wantDamage(t, err, path, "")
	}
}

// A flipped bit anywhere in the file is found, or changes nothing.
func TestOpenFindsAFlippedBit(t *testing.T) {
	whole, err := os.ReadFile(made(t))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, at := range places(len(whole)) {
		path := filepath.Join(t.TempDir(), "log")
		flipped := slices.Clone(whole)
		flipped[at] ^= 1 << rand.IntN(8)
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := sqlitelog.Open(t.Context(), path)
		if err != nil {
			found++
			wantDamage(t, err, path, "")
			continue
		}
		mustClose(t, l)
		wantOrders(t, path, rowsMade*rowSize)
	}
	if found == 0 {
		t.Error("nothing was found at all")
	}
}

// copyLive copies the files of an open log as a crash would leave them.
func copyLive(t testing.TB, path string) (copied string) {
	t.Helper()
	copied = filepath.Join(t.TempDir(), "log")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

func TestACrashLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	for n := range int64(6) {
		mustAppend(t, l, 1+n*500, 500)
		wantOrders(t, copyLive(t, path), (n+1)*500)
	}
}

// What is damaged before it came into the file itself is dropped by SQLite with
// all that follows, as after a crash: whole rows off the end.
func TestAFlippedBitBeforeTheCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	for n := range int64(rowsMade) {
		mustAppend(t, l, 1+n*rowSize, rowSize)
	}
	for range 20 {
		copied := copyLive(t, path)
		wal, err := os.ReadFile(copied + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		wal[rand.IntN(len(wal))] ^= 1 << rand.IntN(8)
		if err := os.WriteFile(copied+"-wal", wal, 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := sqlitelog.Open(t.Context(), copied)
		if err != nil {
			wantDamage(t, err, copied, "")
			continue
		}
		_, end, _ := again.Bounds(t.Context(), 0)
		mustClose(t, again)
		if end%rowSize != 0 {
			t.Errorf("the log now ends within a row, at %d", end)
		}
		wantOrders(t, copied, end)
	}
}

// places are all of SQLite's header, and one in 300 of the bytes behind it.
func places(size int) []int {
	var at []int
	for i := range size {
		if i < 100 || rand.IntN(300) == 0 {
			at = append(at, i)
		}
	}
	return at
}
