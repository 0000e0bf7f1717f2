package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// A log that cannot be read, and no tables to continue: there is nothing to recover
// from, which is not the same as nothing to recover.
func TestNothingIsLeftToRecoverFrom(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	log, err := sqlitelog.Open(t.Context(), filepath.Join(data, "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	opening := sale.Record{Kind: sale.KindOpening, ProductID: "a", Epoch: 1, Nonce: "n", At: time.Now(), Terms: sale.Terms{Name: "damageable", Quantity: 1, LimitPerUser: 1}}
	_, err = log.Append(t.Context(), 0, []sale.Record{opening})
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	recovered := func() (bool, error) {
		return Recover(t.Context(), Config{Data: data}, func(*recovery.Plan, string) bool { return true })
	}
	if done, err := recovered(); done || err != nil {
		t.Errorf("a log that is whole: %v, %v", done, err)
	}
	file := filepath.Join(data, "orders.log")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(text, []byte("damageable"), []byte("damagedyet"), 1)
	if bytes.Equal(damaged, text) {
		t.Fatal("it is not there")
	}
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if done, err := recovered(); done || !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("one that is damaged: %v, %v", done, err)
	}
}
