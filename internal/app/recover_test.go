package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/live"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
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

// What a damaged log still shows of what the tables lack is not lost: embedded, its
// buyers were told that it is placed.
func TestWhatStandsBeforeTheDamageIsKept(t *testing.T) {
	for what, folded := range map[string]bool{"the tables have a part": true, "they have nothing": false} {
		t.Run(what, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(data, 0o700); err != nil {
				t.Fatal(err)
			}
			file, tables := filepath.Join(data, "orders.log"), filepath.Join(data, "store.db")
			log, err := sqlitelog.Open(t.Context(), file)
			if err != nil {
				t.Fatal(err)
			}
			store, err := sqlitestore.Open(tables, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			order := func(n byte, user string) sale.Record {
				return sale.Record{Kind: sale.KindOrder, ProductID: "a", Epoch: 1, At: time.Now(), OrderID: sale.OrderID{n}, UserID: user, Seq: int64(n)}
			}
			for i, r := range []sale.Record{
				{Kind: sale.KindOpening, ProductID: "a", Epoch: 1, Nonce: "n", At: time.Now(), Terms: sale.Terms{Quantity: 9, LimitPerUser: 1}},
				order(1, "whole"), order(2, "damageable"),
			} {
				if _, err := log.Append(t.Context(), 0, []sale.Record{r}); err != nil {
					t.Fatal(err)
				}
				if i == 0 && folded {
					if _, err := projector.New(log, store, nil, observer{hub: live.New(), dead: func(int) {}}).Step(t.Context(), projector.NewCursor(0)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := errors.Join(log.Close(), store.Close()); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(file, bytes.Replace(text, []byte("damageable"), []byte("damagedyet"), 1), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			lost := ""
			done, err := Recover(t.Context(), Config{Data: data}, func(p *recovery.Plan, _ string) bool { lost = strings.Join(p.Lost, ";"); return true })
			if !done || err != nil || lost != "what partition 0 of the log holds from offset 2 on, which cannot be read" {
				t.Errorf("%v, %v, lost: %s", done, err, lost)
			}
			if store, err = sqlitestore.Open(tables, time.Now); err != nil {
				t.Fatal(err)
			}
			o, err := store.Order(t.Context(), sale.OrderID{1})
			if err := errors.Join(err, store.Close()); err != nil || o.Status != sale.Placed {
				t.Errorf("%+v, %v", o, err)
			}
			r, _, err := Verify(t.Context(), data)
			if err != nil || len(r.Findings) > 0 {
				t.Errorf("%+v, %v", r.Findings, err)
			}
		})
	}
}
