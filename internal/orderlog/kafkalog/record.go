package kafkalog

import (
	"encoding/binary"
	"hash/crc32"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

const (
	kindHeader    = "kind"
	versionHeader = "version"
	epochHeader   = "epoch"
)

func headers(kind sale.Kind, version int, epoch int64) []kgo.RecordHeader {
	return []kgo.RecordHeader{
		{Key: kindHeader, Value: []byte(kind)},
		{Key: versionHeader, Value: strconv.AppendInt(nil, int64(version), 10)},
		{Key: epochHeader, Value: strconv.AppendInt(nil, epoch, 10)},
	}
}

// encode makes the Kafka records of one Append. They share what they have in
// common, and keep nothing of records.
func encode(topic string, partition int32, records []sale.Record) []kgo.Record {
	encoded := make([]kgo.Record, len(records))
	bodies := make([]byte, 0, 192*len(records))
	for i := range records {
		r, before := &records[i], len(bodies)
		bodies = r.AppendBody(bodies)
		e := &encoded[i]
		e.Topic, e.Partition, e.Value = topic, partition, bodies[before:]
		if i > 0 && alike(r, &records[i-1]) {
			e.Key, e.Headers = encoded[i-1].Key, encoded[i-1].Headers
			continue
		}
		e.Key, e.Headers = []byte(r.ProductID), headers(r.Kind, r.Version(), r.Epoch)
	}
	return encoded
}

// alike reports whether a and b have the same key and headers.
func alike(a, b *sale.Record) bool {
	return a.Kind == b.Kind && a.Version() == b.Version() && a.Epoch == b.Epoch && a.ProductID == b.ProductID
}

// line reads a record. Headers that are missing, or twice there, or are no numbers,
// make it one of version 0, which is poison; so are Kafka's own control records.
func line(r *kgo.Record) (orderlog.Line, error) {
	w := orderlog.Written{Product: r.Key, Body: r.Value}
	kinds, versions, epochs, wrong := 0, 0, 0, false
	for _, h := range r.Headers {
		n, err := int64(0), error(nil)
		switch h.Key {
		case kindHeader:
			w.Kind = h.Value
			kinds++
		case versionHeader:
			n, err = strconv.ParseInt(string(h.Value), 10, 32)
			w.Version = int(n)
			versions++
		case epochHeader:
			w.Epoch, err = strconv.ParseInt(string(h.Value), 10, 64)
			epochs++
		}
		wrong = wrong || err != nil
	}
	if wrong || kinds != 1 || versions != 1 || epochs != 1 {
		w.Version = 0
	}
	l, err := w.Line(sale.Position{Partition: r.Partition, Offset: r.Offset})
	l.Leader, l.Sum = r.LeaderEpoch, sum(r)
	return l, err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is the checksum of all that a record is, and when it was written.
func sum(r *kgo.Record) uint32 {
	b := make([]byte, 0, 512)
	b = binary.AppendVarint(b, r.Timestamp.UnixMilli())
	part := func(p []byte) {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	part(r.Key)
	for _, h := range r.Headers {
		part([]byte(h.Key))
		part(h.Value)
	}
	part(r.Value)
	return max(1, crc32.Checksum(b, castagnoli))
}
