package app

import (
	"context"
	"testing"
	"time"
)

// One server that does not answer is not taken for the next one.
func TestEachServerHasATimeOfItsOwn(t *testing.T) {
	var ends []time.Time
	connect := func(ctx context.Context) error {
		end, _ := ctx.Deadline()
		ends = append(ends, end)
		time.Sleep(time.Millisecond)
		return nil
	}
	if err := connectEach(t.Context(), connect, connect); err != nil || !ends[1].After(ends[0]) {
		t.Errorf("%v, %v", ends, err)
	}
}
