package sqlitelog

import (
	"context"
	"runtime"

	"seckill/internal/sale"
)

// AppendRaw appends a line that no record makes.
func (l *Log) AppendRaw(ctx context.Context, product string, kind sale.Kind, version int, epoch int64, raw []byte) error {
	frame := append(appendHead(nil, kind, version, epoch, product), raw...)
	_, err := l.append(ctx, setSize(frame, 0), 1)
	return err
}

// LimitPages makes every write that needs more pages fail, as a full disk does.
func (l *Log) LimitPages() error {
	_, err := l.writer.Exec(`PRAGMA max_page_count = 1`)
	return err
}

// AwaitCommit returns when what was appended is on its way to the file.
func (l *Log) AwaitCommit() {
	for l.writer.Stats().InUse == 0 {
		runtime.Gosched()
	}
}
