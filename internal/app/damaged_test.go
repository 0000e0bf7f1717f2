package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seckill/internal/app"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// Whatever stops the start of a sale says what to do, and recovery says no other thing.
func TestWhatStopsTheStartSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		damaged, removed string
		says             string
		recovers         bool
	}{
		"the log is damaged":                 {damaged: "orders.log", says: "seckill recover --data", recovers: true},
		"the log is removed":                 {removed: "orders.log", says: "seckill recover --data", recovers: true},
		"the log is damaged, with no tables": {damaged: "orders.log", removed: "store.db", says: "a copy of the folder"},
		"the tables are damaged":             {damaged: "store.db", says: "move store.db away"},
		"there are no tables":                {removed: "store.db"},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			sold(t, data)
			if c.removed != "" {
				if err := os.Remove(filepath.Join(data, c.removed)); err != nil {
					t.Fatal(err)
				}
			}
			if c.damaged != "" {
				if err := os.WriteFile(filepath.Join(data, c.damaged), []byte(strings.Repeat("not a database", 1000)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			report, _, err := app.Verify(t.Context(), data)
			if c.says != "" && (err != nil || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Words, c.says)) {
				t.Errorf("verify: %v, %v", report.Findings, err)
			}
			if p, err := app.Open(config(data)); c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Close(); err != nil {
					t.Fatal(err)
				}
			} else if !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("open: %v", err)
			}
			var told strings.Builder
			done, err := app.Recover(t.Context(), config(data), func(plan *recovery.Plan, becomes string) bool {
				plan.Print(&told, becomes)
				return true
			})
			if c.says == "" || c.recovers {
				if err != nil || done != c.recovers {
					t.Errorf("recover: %v, %v", done, err)
				}
			} else if done || !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("recover: %v, %v", done, err)
			}
			if kept := strings.Contains(told.String(), "is kept as"); kept != (c.recovers && c.removed == "") || strings.Contains(told.String(), "seckill recover") {
				t.Errorf("recover says\n%s", &told)
			}
		})
	}
}
