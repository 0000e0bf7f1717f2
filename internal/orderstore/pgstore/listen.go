package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
)

// channel is that of this schema's positions: its name holds their table's oid,
// as channels belong to a whole database.
const channel = "'seckill_' || 'seckill_position'::regclass::oid::text"

const (
	// reconnect is how long to wait before listening again.
	reconnect = 200 * time.Millisecond
	// unheard is how often to look where nobody can listen.
	unheard = 20 * time.Millisecond
)

// queueNotify tells all processes, when the batch is committed, how far it goes.
func queueNotify(q *pgx.Batch, b orderstore.Batch) {
	q.Queue("SELECT pg_notify("+channel+", $1)", fmt.Sprintf("%d %d", b.Partition, b.To.Next))
}

// listen feeds s.progress until the store is closed.
func (s *Store) listen() {
	for s.closed.Err() == nil {
		_ = s.follow(s.closed) // whatever it was, another try follows
		s.progress.Set(nil)
		pause(s.closed, reconnect)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// follow feeds s.progress from one connection, until that is lost.
func (s *Store) follow(ctx context.Context) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = c.Close(ctx) // it only takes leave
	}()
	for {
		if err := s.look(ctx, c); err != nil {
			return err
		}
		if s.begin != "" {
			pause(ctx, unheard)
			continue
		}
		if err := s.hear(ctx, c); err != nil {
			return err
		}
	}
}

// connect makes the connection that listens, or only looks.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	config := s.pool.Config().ConnConfig
	ctx, cancel := context.WithTimeout(ctx, config.ConnectTimeout)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if s.begin != "" {
		return c, nil
	}
	var name string
	err = c.QueryRow(ctx, "SELECT "+channel).Scan(&name)
	if err == nil {
		_, err = c.Exec(ctx, "LISTEN "+pgx.Identifier{name}.Sanitize())
	}
	if err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

// look reads all positions. Whatever moves after that is notified.
func (s *Store) look(ctx context.Context, c *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, c.Config().ConnectTimeout)
	defer cancel()
	all, err := marks(ctx, c)
	if err != nil {
		return err
	}
	next := make(map[int32]int64, len(all))
	for partition, m := range all {
		next[partition] = m.Next
	}
	s.progress.Set(next)
	return nil
}

// hear takes notifications until it is time to look again.
func (s *Store) hear(ctx context.Context, c *pgx.Conn) error {
	until, cancel := context.WithTimeout(ctx, s.poll)
	defer cancel()
	for {
		n, err := c.WaitForNotification(until)
		if err != nil {
			if until.Err() != nil && ctx.Err() == nil && !c.IsClosed() {
				return nil
			}
			return err
		}
		var partition int32
		var next int64
		if _, err := fmt.Sscan(n.Payload, &partition, &next); err == nil { // anyone may notify
			s.progress.Advance(partition, next)
		}
	}
}
