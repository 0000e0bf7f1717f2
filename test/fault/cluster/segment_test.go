package cluster

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/test/program"
)

// While everybody was away, the end of a partition was cut off Kafka's own file, between
// two batches, and the partition has grown again, beyond where the tables stand. The
// broker finds nothing wrong. Nobody sells, and each process says why.
func TestASegmentThatWasCutAndGrewAgain(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.sell(5_000)
	s.close()
	for n := range 4 { // each is a batch, however few those are that sold so far
		if a, err := place(t, c.any(), s.product, fmt.Sprint("alone-", n), ""); err != nil || a.Status != 201 {
			t.Fatal(a, err)
		}
	}
	for _, p := range c.all() {
		p.Stop(t)
	}
	partition := s.partition(on)
	broker := on.kafka.Nodes[0]
	broker.Kill()
	cutSegment(t, filepath.Join(broker.Data(), fmt.Sprintf("%s-%d", topic, partition)))
	up(t, broker)
	client := plainClient(t, on, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for range 2_000 {
		client.Produce(t.Context(), &kgo.Record{Topic: topic, Partition: partition, Value: []byte("x")}, nil)
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	api := c.launchAPI()
	s.eventually("readyz says why", func() bool { return refuses(api, notTheLog) })
	if r, err := api.Buy(s.product, "late", ""); err == nil && (r.Status == 201 || r.Status == 202) {
		t.Errorf("a buyer was told %v", r)
	}
	for range 2 {
		p := program.Launch(t, bin, append([]string{"serve", "--listen", "127.0.0.1:0", "--roles", "projector"}, c.flags...)...)
		if code := p.Wait(); code != 1 || !strings.Contains(lastLine(p.Out.String()), "the log was cut off, and grew again") {
			t.Errorf("a projector ended with exit code %d:\n%s", code, tail(p.Out.String()))
		}
	}
}

// cutSegment takes the last half of the batches off the only segment of a partition,
// and the files that its broker makes anew from it.
func cutSegment(t *testing.T, partition string) {
	t.Helper()
	const first = "00000000000000000000"
	name := filepath.Join(partition, first+".log")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int64
	for at := 0; at+12 <= len(data); { // offset, length, and so many bytes
		at += 12 + int(binary.BigEndian.Uint32(data[at+8:]))
		ends = append(ends, int64(at))
	}
	if len(ends) < 4 || ends[len(ends)-1] > int64(len(data)) {
		t.Fatalf("%s: batches end at %v of %d bytes", name, ends, len(data))
	}
	if err := os.Truncate(name, ends[len(ends)/2]); err != nil {
		t.Fatal(err)
	}
	others, err := filepath.Glob(filepath.Join(partition, "*index"))
	snapshots, err2 := filepath.Glob(filepath.Join(partition, "*.snapshot"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for _, other := range append(others, snapshots...) {
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
	}
}
