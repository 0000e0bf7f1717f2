package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A Backup is a file that is whole.
type Backup struct {
	Header
	End
	Products, Orders int64 // that its tables have

	path   string
	file   *os.File
	tables int64   // where they begin
	logs   []int64 // where each partition begins
}

// Open reads a file to its end. One that is not whole, or was changed, is ErrDamaged;
// one with records of a newer program, or in another form than this one knows, is ErrNewer.
func Open(path string) (*Backup, error) {
	if err := isFile(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	magic := make([]byte, 2)
	if _, err := f.ReadAt(magic, 0); err == nil && string(magic) == "\x1f\x8b" {
		return nil, errors.Join(fmt.Errorf("%s is packed by gzip: unpack it first", path), f.Close())
	}
	b := &Backup{path: path, file: f}
	r := newReader(f, 0)
	r.sum = sha256.New()
	if err := b.check(r); err != nil {
		return nil, errors.Join(fmt.Errorf("%s, line %d (from byte %d on): %w", path, r.lines, r.at, err), f.Close())
	}
	return b, nil
}

// isFile is an error for what cannot be read more than once, as a backup is.
func isFile(path string) error {
	is, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case is.Mode().IsRegular():
		return nil
	case is.Mode()&os.ModeNamedPipe != 0:
		return fmt.Errorf("%s must be a file, not a pipe", path)
	case is.IsDir():
		return fmt.Errorf("%s must be a file, not a folder", path)
	}
	return fmt.Errorf("%s must be a file", path)
}

// Position is how far the log goes: the last record of each partition that has any.
func (b *Backup) Position() string {
	var all []string
	for partition, p := range b.Partitions {
		if p.Next > 0 {
			all = append(all, fmt.Sprintf("%d:%d", partition, p.Next-1))
		}
	}
	return strings.Join(all, ",")
}

// String is what it is of.
func (b *Backup) String() string {
	return fmt.Sprintf("the sale of %s: %s, %s, the log up to %s", sale.FormatTime(b.At),
		sale.FormatCount(b.Products, "product"), sale.FormatCount(b.Orders, "order"), b.Position())
}

// Close closes the file.
func (b *Backup) Close() error { return b.file.Close() }

func (b *Backup) check(r *reader) error {
	e, err := r.read()
	switch {
	case errors.Is(err, errSum):
		return fmt.Errorf("%w: it is no backup, or its beginning is not as it was written", sale.ErrDamaged)
	case err != nil:
		return err
	case e.Header == nil:
		return fmt.Errorf("%w: it does not begin as a backup", sale.ErrDamaged)
	case e.Header.Format != format:
		return fmt.Errorf("%w: it has the format %d, and this program reads %d", sale.ErrNewer, e.Header.Format, format)
	}
	b.Header, b.tables = *e.Header, r.next
	for {
		e, err := r.read()
		if err != nil {
			return err
		}
		switch {
		case e.Tables != nil:
			err = b.countTables(e.Tables)
		case e.Log != nil:
			err = b.noteLog(e.Log, r.at)
		case e.End != nil:
			return b.checkEnd(e.End, r)
		default:
			err = fmt.Errorf("%w: it says nothing", sale.ErrDamaged)
		}
		if err != nil {
			return err
		}
	}
}

func (b *Backup) countTables(t *record) error {
	l, err := t.line()
	if err != nil {
		return err
	}
	if l.Poison != nil || l.Record.Chunk == nil {
		return fmt.Errorf("%w: it is no part of tables", sale.ErrDamaged)
	}
	if p := l.Record.Chunk.Product; p != nil && p.Exists() {
		b.Products++
	}
	b.Orders += int64(len(l.Record.Chunk.Orders))
	return nil
}

// noteLog notes where partitions begin: each stands together, by number.
func (b *Backup) noteLog(l *record, at int64) error {
	for int(l.Partition) >= len(b.logs) {
		b.logs = append(b.logs, at)
	}
	_, err := l.line()
	return err
}

func (b *Backup) checkEnd(e *End, r *reader) error {
	if e.Lines != r.lines-1 || e.SHA256 != hex.EncodeToString(r.sum.Sum(nil)) {
		return fmt.Errorf("%w: the lines before it are not those that were written", sale.ErrDamaged)
	}
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows its end", sale.ErrDamaged)
	}
	for len(b.logs) < len(e.Partitions) { // of these it has no lines
		b.logs = append(b.logs, r.at)
	}
	b.End = *e
	return nil
}

// from reads on from a place of the file.
func (b *Backup) from(at int64) *reader {
	return newReader(io.NewSectionReader(b.file, at, math.MaxInt64-at), at)
}

// next is the next line of a partition from r; nil: there is none.
func next(r *reader, partition int32) (*orderlog.Line, error) {
	e, err := r.read()
	if err != nil || e.Log == nil || e.Log.Partition != partition {
		return nil, err
	}
	l, err := e.Log.line()
	return &l, err
}
