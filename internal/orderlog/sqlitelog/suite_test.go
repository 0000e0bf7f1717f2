package sqlitelog_test

import (
	"path/filepath"
	"testing"

	"seckill/internal/orderlog"
	"seckill/internal/orderlog/logtest"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/sale"
)

func TestConformance(t *testing.T) {
	logtest.Exercise(t, func(t *testing.T) logtest.Harness {
		path := filepath.Join(t.TempDir(), "a ?#%41.log")
		l := open(t, path)
		return logtest.Harness{
			Keeper: l,
			Close:  func() { mustClose(t, l) },
			Reopen: func() orderlog.Keeper {
				mustClose(t, l)
				return open(t, path)
			},
			Join: func() orderlog.Keeper { return l },
			WriteRaw: func(_ int32, product string, kind sale.Kind, version int, epoch int64, raw []byte) {
				if err := l.AppendRaw(t.Context(), product, kind, version, epoch, raw); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// open opens the log at path and closes it with the test.
func open(t testing.TB, path string) *sqlitelog.Log {
	t.Helper()
	l, err := sqlitelog.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, l) })
	return l
}

func mustClose(t testing.TB, l *sqlitelog.Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
