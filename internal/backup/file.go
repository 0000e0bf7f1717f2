package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// format is the version of the file.
const format = 1

// An entry is a line of the file: one of these.
type entry struct {
	Header *Header `json:"header,omitempty"`
	Tables *record `json:"tables,omitempty"`
	Log    *record `json:"log,omitempty"`
	End    *End    `json:"end,omitempty"`
}

// A Header says what the file is of, and has what stands in no log.
type Header struct {
	Format  int               `json:"format"`
	Program string            `json:"program"` // its version
	At      time.Time         `json:"at"`      // when it was begun
	Secrets map[string][]byte `json:"secrets"` // by their keys in the tables
	Tokens  []token           `json:"tokens,omitempty"`
}

type token struct {
	Name   string    `json:"name"`
	Role   string    `json:"role"`
	Hash   []byte    `json:"hash"`
	MadeAt time.Time `json:"made_at"`
}

// An End says how far the file goes.
type End struct {
	Partitions []Partition `json:"partitions"` // by their numbers
	Lines      int64       `json:"lines"`      // before this one
	SHA256     string      `json:"sha256"`     // of these
}

// A Partition is how much of one there is.
type Partition struct {
	First  int64           `json:"first"`  // that the log has kept
	Folded int64           `json:"folded"` // the tables have those before it
	Next   int64           `json:"next"`   // the log has those before it
	Source orderlog.Source `json:"source"`
}

// A record is a line of the log.
type record struct {
	Partition int32           `json:"partition"`
	Offset    int64           `json:"offset"`
	Product   string          `json:"product,omitempty"`
	Kind      string          `json:"kind,omitempty"`
	Version   int             `json:"version,omitempty"`
	Epoch     int64           `json:"epoch,omitempty"`
	Body      json.RawMessage `json:"body,omitempty"`
	Poison    string          `json:"poison,omitempty"` // why it is no record
	Raw       []byte          `json:"raw,omitempty"`    // what stands there then
}

func newRecord(partition int32, l *orderlog.Line) *record {
	if l.Poison != nil {
		return &record{Partition: partition, Offset: l.Offset, Product: l.Product, Poison: l.Poison.Error(), Raw: l.Raw}
	}
	r := &l.Record
	return &record{
		Partition: partition, Offset: l.Offset, Product: r.ProductID,
		Kind: string(r.Kind), Version: r.Version(), Epoch: r.Epoch, Body: r.AppendBody(nil),
	}
}

// line is what the record was made of.
func (r *record) line() (l orderlog.Line, err error) {
	if r.Poison != "" {
		return orderlog.Line{Offset: r.Offset, Product: r.Product, Poison: fmt.Errorf("%w: %s", sale.ErrPoison, r.Poison), Raw: r.Raw, Sum: 1}, nil
	}
	w := orderlog.Written{Product: []byte(r.Product), Kind: []byte(r.Kind), Version: r.Version, Epoch: r.Epoch, Body: r.Body}
	if l, err = w.Line(sale.Position{Partition: r.Partition, Offset: r.Offset}); err == nil && l.Poison != nil {
		err = fmt.Errorf("%w: %v", sale.ErrDamaged, l.Poison)
	}
	l.Sum = max(1, crc32.Checksum(r.Body, castagnoli))
	return l, err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(document []byte) string {
	return fmt.Sprintf("%08x", crc32.Checksum(document, castagnoli))
}

// A writer writes lines.
type writer struct {
	out   *bufio.Writer
	sum   hash.Hash
	lines int64
	text  bytes.Buffer
}

func newWriter(w io.Writer) *writer {
	sum := sha256.New()
	return &writer{out: bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16), sum: sum}
}

func (w *writer) put(e entry) error {
	w.text.Reset()
	j := json.NewEncoder(&w.text)
	j.SetEscapeHTML(false) // a record stands as it stood
	if err := j.Encode(e); err != nil {
		return err
	}
	w.lines++
	_, err := fmt.Fprintf(w.out, "%s %s", checksum(w.text.Bytes()), w.text.Bytes())
	return err
}

// end writes the last line.
func (w *writer) end(partitions []Partition) error {
	if err := w.out.Flush(); err != nil {
		return err
	}
	if err := w.put(entry{End: &End{partitions, w.lines, hex.EncodeToString(w.sum.Sum(nil))}}); err != nil {
		return err
	}
	return w.out.Flush()
}

// A reader reads lines.
type reader struct {
	in    *bufio.Reader
	sum   hash.Hash // of the lines before the last; nil: nobody asks
	at    int64     // where the last begins
	next  int64     // where it ends
	lines int64     // read
}

func newReader(r io.Reader, at int64) *reader {
	return &reader{in: bufio.NewReaderSize(r, 1<<16), at: at, next: at}
}

var (
	errShort = fmt.Errorf("%w: it is not whole: it ends", sale.ErrDamaged)
	errSum   = fmt.Errorf("%w: its checksum is another", sale.ErrDamaged)
)

// read returns the next line.
func (r *reader) read() (*entry, error) {
	text, err := r.in.ReadBytes('\n')
	r.at, r.next = r.next, r.next+int64(len(text))
	r.lines++
	if errors.Is(err, io.EOF) {
		return nil, errShort
	}
	if err != nil {
		return nil, err
	}
	sum, document, _ := bytes.Cut(text, []byte{' '})
	if string(sum) != checksum(document) {
		return nil, errSum
	}
	var e entry
	if err := json.Unmarshal(document, &e); err != nil {
		return nil, fmt.Errorf("%w: %v", sale.ErrDamaged, err)
	}
	if r.sum != nil && e.End == nil {
		_, _ = r.sum.Write(text) // it never fails
	}
	return &e, nil
}
