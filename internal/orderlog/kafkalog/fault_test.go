package kafkalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/sale"
)

// A tally is what was appended while brokers went down, and what came of it.
type tally struct {
	t *testing.T
	l *kafkalog.Log

	mu    sync.Mutex
	seq   int64
	sure  map[sale.Position][]sale.Record // appended, by the position of the last
	lost  map[int64]bool                  // sequence numbers that are not in the log
	doubt int                             // appends of which nothing is known
	news  chan struct{}                   // closed and made anew with every answer

	appenders sync.WaitGroup
	stop      chan struct{}
}

const appenders = 4

// startAppending appends batches from several goroutines until halt.
func startAppending(t *testing.T, l *kafkalog.Log) *tally {
	a := &tally{
		t: t, l: l, sure: map[sale.Position][]sale.Record{}, lost: map[int64]bool{},
		news: make(chan struct{}), stop: make(chan struct{}),
	}
	for range appenders {
		a.appenders.Go(func() {
			for a.appendOne() {
				select {
				case <-a.stop:
					return
				default:
				}
			}
		})
	}
	return a
}

func (a *tally) appendOne() (goOn bool) {
	a.mu.Lock()
	first, count := a.seq+1, 1+a.seq%37
	a.seq += count
	a.mu.Unlock()
	batch := orders(first, count)
	last, err := a.l.Append(a.t.Context(), int32(first%12), batch)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.sure[last] = batch
	case errors.Is(err, sale.ErrUnknownOutcome):
		a.doubt++
	case errors.Is(err, sale.ErrUnavailable):
		for _, r := range batch {
			a.lost[r.Seq] = true
		}
	default:
		a.t.Errorf("Append: %v", err)
		return false
	}
	close(a.news)
	a.news = make(chan struct{})
	return true
}

// await waits until so many more batches are in the log.
func (a *tally) await(more int) {
	a.mu.Lock()
	want := len(a.sure) + more
	a.mu.Unlock()
	a.until(func() bool { return len(a.sure) >= want })
}

// until waits until the answers are as is says.
func (a *tally) until(is func() bool) {
	for {
		a.mu.Lock()
		done, news := is(), a.news
		a.mu.Unlock()
		if done {
			return
		}
		<-news
	}
}

// halt ends the appending and checks the log: what was appended is where Append
// said, in one piece, nothing is there twice, and nothing that was not asked for.
func (a *tally) halt() {
	a.t.Helper()
	close(a.stop)
	a.appenders.Wait()
	at := map[int64]sale.Position{}
	for p := range int32(12) {
		_, end, err := a.l.Bounds(a.t.Context(), p)
		if err != nil {
			a.t.Fatal(err)
		}
		for from := int64(0); from < end; {
			lines, err := a.l.Read(a.t.Context(), p, from, 1000)
			if err != nil {
				a.t.Fatal(err)
			}
			for _, l := range lines {
				n := l.Record.Seq
				if before, twice := at[n]; twice || n < 1 || n > a.seq || a.lost[n] {
					a.t.Errorf("order %d of %d is at %d/%d, and before at %+v (%t); lost: %t", n, a.seq, p, l.Offset, before, twice, a.lost[n])
				}
				at[n] = sale.Position{Partition: p, Offset: l.Offset}
			}
			from += int64(len(lines))
		}
	}
	for last, batch := range a.sure {
		for i, r := range batch {
			want := sale.Position{Partition: last.Partition, Offset: last.Offset + int64(i+1-len(batch))}
			if found, is := at[r.Seq]; found != want {
				a.t.Errorf("order %d was appended at %+v, and is at %+v (%t)", r.Seq, want, found, is)
			}
		}
	}
	a.t.Logf("%d batches appended, %d in doubt, %d records lost", len(a.sure), a.doubt, len(a.lost))
}

func TestABrokerKilledUnderAppends(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	a := startAppending(t, open(t, parse(t, k.Addr()), kafkalog.Topic))
	for range 2 {
		a.await(100)
		k.Nodes[0].Kill()
		start(t, k.Nodes[0])
	}
	a.await(100)
	a.halt()
}

// A frozen broker takes what is sent and answers nothing; when it wakes up it may
// write what it got before. An Append answers all the same, and the log goes on.
func TestAFrozenBroker(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	l := open(t, parse(t, k.Addr()), kafkalog.Topic)
	a := startAppending(t, l)
	a.await(100)
	k.Nodes[0].Freeze()
	before := -1
	a.until(func() bool {
		if before < 0 {
			before = a.doubt
		}
		return a.doubt >= before+appenders
	})
	k.Nodes[0].Thaw()
	a.await(100)
	a.halt()
}

// A byte that changed on the broker's disk is found out before the record is read.
func TestAFlippedByteIsDamage(t *testing.T) {
	t.Parallel()
	k := cluster(t, 1)
	l := open(t, parse(t, k.Addr()), kafkalog.Topic)
	for n := range int64(3) {
		mustAppend(t, l, 0, orders(1+n*10, 10))
	}
	for { // until it ended by itself in the time that Stop gives it: a killed one would cut the damaged end off when it starts
		k.Nodes[0].Stop()
		if _, err := os.Stat(filepath.Join(k.Nodes[0].Data(), ".kafka_cleanshutdown")); err == nil {
			break
		}
		start(t, k.Nodes[0])
	}
	file := filepath.Join(k.Nodes[0].Data(), kafkalog.Topic+"-0", "00000000000000000000.log")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-5] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, k.Nodes[0])
	from := int64(0)
	for err == nil {
		var lines []orderlog.Line
		lines, err = l.Read(t.Context(), 0, from, 100)
		from += int64(len(lines))
	}
	if !errors.Is(err, sale.ErrDamaged) || from != 20 {
		t.Errorf("Read from %d: %v", from, err)
	}
}
