package pgstore

import (
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// passes waits for a position, which no test has to wait for long.
func passes(t *testing.T, s *Store, offset int64) {
	t.Helper()
	if err := s.Passed(t.Context(), sale.Position{Offset: offset}); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherProcessIsHeard(t *testing.T) {
	address := schema(t)
	here, there := opened(t, address), opened(t, address)
	mark := applied(t, there, orderstore.Mark{}, put(9))
	passes(t, here, 0)
	applied(t, there, mark, buy(1))
	passes(t, here, 1)
}

func TestSchemasDoNotHearEachOther(t *testing.T) {
	here, there := opened(t, schema(t)), opened(t, schema(t))
	applied(t, there, orderstore.Mark{}, put(9), buy(1))
	applied(t, here, orderstore.Mark{}, put(9))
	passes(t, there, 1)
	passes(t, here, 0)
	if passed, _ := here.progress.Passed(sale.Position{Offset: 1}); passed {
		t.Error("a position of another schema")
	}
}

// TestALostConnectionIsMadeAnew: what was notified meanwhile is looked up, and
// until then nothing is taken for passed.
func TestALostConnectionIsMadeAnew(t *testing.T) {
	address := schema(t)
	s := opened(t, address)
	mark := applied(t, s, orderstore.Mark{}, put(9))
	passes(t, s, 0)
	_, moved := s.progress.Passed(sale.Position{})
	run := psql(t, address)
	run("BEGIN")
	run("LOCK TABLE seckill_position") // nobody can look it up
	run(`DO $$ BEGIN
		PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE application_name = current_setting('application_name') AND query LIKE '%FROM seckill_position' AND pid <> pg_backend_pid();
		IF NOT FOUND THEN RAISE 'nobody listens'; END IF; END $$`)
	<-moved
	if passed, _ := s.progress.Passed(sale.Position{}); passed {
		t.Error("while nobody listens, a position is taken for passed")
	}
	run("COMMIT")
	applied(t, s, mark, buy(1))
	passes(t, s, 1)
}

// TestPositionsAreLookedUp: somebody moves one, and tells nobody.
func TestPositionsAreLookedUp(t *testing.T) {
	address := schema(t)
	s := looking(t, address, time.Millisecond)
	applied(t, s, orderstore.Mark{}, put(9))
	passes(t, s, 0)
	psql(t, address)("UPDATE seckill_position SET next = 7")
	passes(t, s, 6)
	_, moved := s.progress.Passed(sale.Position{})
	psql(t, address)("UPDATE seckill_position SET next = 1") // an older copy
	<-moved
	if passed, _ := s.progress.Passed(sale.Position{Offset: 6}); passed {
		t.Error("a position has passed that is not folded any more")
	}
}

// TestAnyoneMayNotify what is no position, or one of before.
func TestAnyoneMayNotify(t *testing.T) {
	address := schema(t)
	s := opened(t, address)
	applied(t, s, orderstore.Mark{}, put(9))
	passes(t, s, 0)
	run := psql(t, address)
	for _, said := range []string{"0 5", "nonsense", "0 -7", "0 3", "1 1"} {
		run("SELECT pg_notify(" + channel + ", '" + said + "')")
	}
	if err := s.Passed(t.Context(), sale.Position{Partition: 1}); err != nil {
		t.Fatal(err)
	}
	if passed, _ := s.progress.Passed(sale.Position{Offset: 4}); !passed {
		t.Error("a notification of before took a position back")
	}
}
