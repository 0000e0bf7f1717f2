package sqlitestore

import (
	"context"

	"seckill/internal/orderstore"
)

// Alive is orderstore.Processes's. One process at a time has the file, and may write
// whatever it reads; what one after it cannot read, halts that one at the log.
func (s *Store) Alive(context.Context, orderstore.Process) error { return nil }

// Ended is orderstore.Processes's.
func (s *Store) Ended(context.Context, string) error { return nil }

// Allow is orderstore.Processes's.
func (s *Store) Allow(context.Context, int) error { return nil }

// Living is orderstore.Processes's: whoever asks has the file.
func (s *Store) Living(context.Context) ([]orderstore.Process, error) { return nil, nil }
