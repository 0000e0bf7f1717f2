package main

import (
	"context"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"seckill/internal/devstack"
)

// A stack is one of each server.
type stack struct {
	redis, replica *devstack.Redis
	postgres       *devstack.Postgres
	kafka          *devstack.Kafka

	mu   sync.Mutex
	ends []func() // of what was started
}

// start starts all at once, and returns when all answer or one cannot be had.
func (s *stack) start(ctx context.Context, dir string, f flags) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		if s.redis, err = devstack.StartRedis(ctx, filepath.Join(dir, "redis")); err != nil {
			return err
		}
		s.ending(s.redis.Close)
		if f.Replica {
			s.replica, err = s.redis.Replica(ctx, filepath.Join(dir, "redis-replica"))
		}
		return err
	})
	g.Go(func() (err error) {
		if s.postgres, err = devstack.StartPostgres(ctx, filepath.Join(dir, "postgres")); err == nil {
			s.ending(s.postgres.Close)
		}
		return err
	})
	g.Go(func() (err error) {
		if s.kafka, err = devstack.StartKafka(ctx, filepath.Join(dir, "kafka"), f.Brokers); err == nil {
			s.ending(s.kafka.Close)
		}
		return err
	})
	return g.Wait()
}

func (s *stack) ending(end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, end)
}

// close stops all at once.
func (s *stack) close() {
	var all sync.WaitGroup
	for _, end := range s.ends {
		all.Go(end)
	}
	all.Wait()
}
