package kafkalog_test

import (
	"sync"
	"testing"

	"seckill/internal/orderlog"
)

// An Append of more than one of Kafka's batches holds (1 MB) stands in one piece
// all the same, whatever else is appended.
func TestLargeAppendsStayWhole(t *testing.T) {
	l := open(t, shared(t), freshTopic(t))
	const appenders, each, size = 4, 3, 6000
	var all sync.WaitGroup
	for a := range int64(appenders) {
		all.Go(func() {
			for n := range int64(each) {
				first := 1 + (a*each+n)*size
				last, err := l.Append(t.Context(), 0, orders(first, size))
				if err != nil {
					t.Errorf("Append: %v", err)
					return
				}
				wantWhole(t, l, last.Offset+1-size, first, size)
			}
		})
	}
	all.Wait()
}

// wantWhole checks that the orders first … first+count-1 stand at offset from and behind it.
func wantWhole(t *testing.T, l orderlog.Reader, from, first, count int64) {
	for read := int64(0); read < count; {
		lines, err := l.Read(t.Context(), 0, from+read, int(count-read))
		if err != nil {
			t.Errorf("Read: %v", err)
			return
		}
		for _, line := range lines {
			if line.Record.Seq != first+read {
				t.Errorf("order %d is at %d, where order %d was appended", line.Record.Seq, line.Offset, first+read)
				return
			}
			read++
		}
	}
}
