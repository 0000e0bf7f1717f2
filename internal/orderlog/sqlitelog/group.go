package sqlitelog

import (
	"context"
	"errors"
)

// Run implements orderlog.Group: this process is the only one, so it is given
// the one partition until ctx is done.
func (l *Log) Run(ctx context.Context, f func(ctx context.Context, partition int32) error) error {
	err := f(ctx, 0)
	if err == nil {
		<-ctx.Done()
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil // it was told to end, and says so
	}
	return err
}
