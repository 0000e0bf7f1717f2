package cluster

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/verify"
	"seckill/test/program"
)

// A damage is what somebody with a client of Redis, Kafka or Postgres in their
// hands may do to a product, of which five orders were placed, the second one was
// cancelled and its unit came free.
type damage struct {
	name  string
	units int                       // 4: sold out
	sql   string                    // $1 is the product
	redis string                    // GATE is the product's hash, BUYERS that of its buyers, UNPAID that of what addresses have unpaid
	topic func(order []byte) []byte // an order's record, from which another one is made
	want  []string                  // the invariants by which the audit names it, perhaps beside others
}

// added is one order more, like the first but for this.
func added(user, slot string) string {
	return `INSERT INTO seckill_order (number, seq, epoch, position, placed_at, pay_by, partition, slot, order_id, product_id, user_id, status)
		SELECT 6, seq, epoch, position, placed_at, pay_by, partition, ` + slot + `, gen_random_uuid(), product_id, ` + user + `, status
		FROM seckill_order WHERE product_id = $1 AND number = 1`
}

var damages = []damage{
	{"none", 9, "", "", nil, nil},
	{"an order added", 4, added("'more'", "1"), "", nil, []string{"quantity", "fold", "numbers", "counts", "units"}},
	{"an order added for who has one", 9, added("user_id", "2"), "", nil, []string{"limit", "fold"}},
	{"an order in no slot", 9, `UPDATE seckill_order SET slot = 0 WHERE product_id = $1 AND number = 1`, "", nil, []string{"slots", "fold"}},
	{"a row deleted", 9, `DELETE FROM seckill_order WHERE product_id = $1 AND number = 1`, "", nil, []string{"numbers", "fold", "counts", "units"}},
	{"a row changed", 9, `UPDATE seckill_order SET user_id = 'thief' WHERE product_id = $1 AND number = 1`, "", nil, []string{"fold"}},
	{"a step that nothing led to", 9, `UPDATE seckill_order SET status = 'expired' WHERE product_id = $1 AND number = 1`, "", nil, []string{"steps", "fold", "counts"}},
	{"a count moved", 9, `UPDATE seckill_product SET rejected = rejected + 1 WHERE id = $1`, "", nil, []string{"counts", "fold"}},
	{"an epoch of another opening", 9, `UPDATE seckill_product SET nonce = 'forged' WHERE id = $1`, "", nil, []string{"openings"}},
	{"a return's row deleted", 9, `DELETE FROM seckill_return WHERE product_id = $1`, "", nil, []string{"returns", "fold"}},
	{"a return skipped", 9, `UPDATE seckill_return SET number = number + 1 WHERE product_id = $1`, "", nil, []string{"returns", "fold"}},
	{"a return that the gate has taken and nobody gave", 9, "", "HINCRBY GATE returned 1", nil, []string{"returns"}},
	{"a return that the gate will take again", 9, "", "HINCRBY GATE returned -1", nil, []string{"units"}},
	{"a counter moved up", 9, "", "HINCRBY GATE remaining 1", nil, []string{"units"}},
	{"a counter moved down", 9, "", "HINCRBY GATE remaining -1", nil, []string{"units"}},
	{"units that nobody can buy", 9, "", "HSET GATE remaining 0", nil, []string{"sold out", "units"}},
	{"a gate that is paused", 9, "", "HSET GATE paused 1", nil, []string{"terms"}},
	{"a gate that closes", 9, "", "HSET GATE closes 1", nil, []string{"terms"}},
	{"a gate with another limit", 9, "", "HSET GATE limit 2", nil, []string{"terms"}},
	{"a gate that has forgotten a buyer", 9, "", "HDEL BUYERS buyer-2", nil, []string{"buyers"}},
	{"too many that wait", 9, "", "HINCRBY GATE waiting 7", nil, []string{"waiting"}},
	{"an address that the gate has forgotten", 9, "", "DEL UNPAID", nil, []string{"addresses"}},
	{"an address with orders that nobody has", 9, "", "HSET UNPAID 0123456789abcdef 3", nil, []string{"addresses"}},
	{"an order of another address", 9, `UPDATE seckill_order SET origin = '0123456789abcdef' WHERE product_id = $1 AND number = 1`, "", nil, []string{"fold", "addresses"}},
	{"more time to pay", 9, `UPDATE seckill_order SET pay_by = pay_by + interval '1 minute' WHERE product_id = $1 AND number = 1`, "", nil, []string{"fold"}},
	{"a payment made up", 9, `INSERT INTO seckill_payment (amount, at, changed_at, partition, was_late, order_id, late_id, product_id, payment_id, currency, status, reason, refunded_by)
		SELECT 5, placed_at, placed_at, partition, false, order_id, gen_random_uuid(), product_id, 'm', 'EUR', 'paid', '', '' FROM seckill_order WHERE product_id = $1 AND number = 1`, "", nil, []string{"money", "fold"}},
	{"a record missing", 9, "", "HINCRBY GATE seq 1", nil, []string{"seqs"}},
	{"a record twice", 9, "", "", func(order []byte) []byte { return order }, nil}, // which counts once
	{"a record twice, of two orders", 9, "", "", another, []string{"seqs", "units"}},
}

// another is the record of somebody else's order.
func another(order []byte) []byte {
	var fields map[string]any
	_ = json.Unmarshal(order, &fields) // what is no order fails the test elsewhere
	fields["order_id"], fields["user_id"] = "01900000-0000-7000-8000-000000000000", "more"
	made, _ := json.Marshal(fields)
	return made
}

// The judge finds nothing in a whole sale, also under full load, and names each
// damage to it by product and invariant. The sale has ended by then: it would
// mend some of them.
func TestDamageIsNamed(t *testing.T) {
	on := ownServers(t, 1)
	t.Setenv("SECKILL_TRUSTED_PROXIES", "127.0.0.1/32")
	c := start(t, bin, on.flags())
	load := c.put(100_000)
	load.open(rushPace)
	load.sold(500)
	sold := make([]*sale, len(damages))
	for i := range damages {
		sold[i] = damages[i].sell(c)
	}
	if found := judged(t, c); len(found) > 0 {
		t.Errorf("under load: %s", most(found))
	}
	load.close()
	for i, d := range damages {
		if d.topic != nil {
			sold[i].append(on, d.topic)
		}
	}
	c.leave()
	for i, d := range damages {
		d.harm(t, on, sold[i].product)
	}
	_, said := program.Run(t, bin, append([]string{"verify"}, c.flags...)...)
	for i, d := range damages {
		got := namedOf(said, sold[i].product)
		missed := slices.DeleteFunc(slices.Clone(d.want), func(want string) bool { return slices.Contains(got, want) })
		if len(missed) > 0 || len(d.want) == 0 && len(got) > 0 {
			t.Errorf("%s (%s): named %v, not %v", d.name, sold[i].product, got, d.want)
		}
	}
	if got := namedOf(said, load.product); len(got) > 0 {
		t.Errorf("of a product that nobody touched: %v", got)
	}
	tellPostgres(t, on, `UPDATE seckill_meta SET value = 'other' WHERE key = 'secret'`)
	if _, said := program.Run(t, bin, append([]string{"verify"}, c.flags...)...); !strings.Contains(said, "FINDING secret ") {
		t.Errorf("another secret:\n%s", tail(said))
	}
	tellPostgres(t, on, `UPDATE seckill_position SET next = next + 1000`)
	if _, said := program.Run(t, bin, append([]string{"verify"}, c.flags...)...); !strings.Contains(said, "FINDING position ") {
		t.Errorf("a position moved on:\n%s", tail(said))
	}
	if t.Failed() {
		t.Log(said)
	}
}

// While a sale runs, the terms of a gate and its count of what waits put themselves
// right; what is wrong then has not sold a unit, nor refused one for good.
func TestWhatPutsItselfRight(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	for harm, opened := range map[string]int{"HSET GATE paused 1": 2, "HSET GATE limit 9": 2, "HINCRBY GATE waiting 1000000": 1} {
		s := c.put(30)
		damage{redis: harm}.harm(t, on, s.product)
		s.open(pace)
		s.sold(1)
		s.eventually("its gate is opened anew, if it is", func() bool {
			var epoch int
			s.ask1(on, &epoch, `SELECT epoch FROM seckill_product WHERE id = $1`)
			return epoch >= opened
		})
		s.finish()
	}
}

// Every invariant of the audit is broken by some damage; firm and damage are those of
// an embedded sale, whose damages are in package fault.
func TestEveryInvariantHasADamage(t *testing.T) {
	broken := []string{"position", "firm", "damage", "secret"}
	for _, d := range damages {
		broken = append(broken, d.want...)
	}
	for _, invariant := range verify.Invariants {
		if !slices.Contains(broken, string(invariant)) {
			t.Errorf("nothing here breaks %q", invariant)
		}
	}
}

// sell sells the product that a damage is done to.
func (d damage) sell(c *cluster) *sale {
	c.t.Helper()
	s := c.put(d.units)
	c.any().Put(c.t, s.product, fmt.Sprintf(`{"quantity":%d,"payment_window":"1h","unpaid_per_address":9}`, d.units))
	for i := range 5 {
		s.eventually(fmt.Sprintf("buyer %d has bought", i), func() bool {
			a, err := c.any().From("203.0.113.7").Buy(s.product, fmt.Sprintf("buyer-%d", i), "one")
			if err == nil && a.Status < 300 && i == 1 {
				a, err = c.any().Ask("POST", "/api/orders/"+a.Order.ID+"/cancel", "", "")
			}
			return err == nil && a.Status < 300
		})
	}
	s.eventually("the gate has taken the unit that came free", func() bool {
		p := s.look()
		return p.Held == 4 && p.Remaining != nil && *p.Remaining == d.units-4
	})
	return s
}

// append makes another record of the product's first order, and waits until the
// store has it.
func (s *sale) append(on *servers, change func([]byte) []byte) {
	s.t.Helper()
	partition := s.partition(on)
	client := plainClient(s.t, on, kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {partition: kgo.NewOffset().AtStart()}}))
	var order *kgo.Record
	for order == nil {
		client.PollFetches(s.t.Context()).EachRecord(func(r *kgo.Record) {
			if order == nil && string(r.Key) == s.product && strings.Contains(string(r.Value), "buyer-0") {
				order = r
			}
		})
		if err := s.t.Context().Err(); err != nil {
			s.t.Fatal(err)
		}
	}
	more := &kgo.Record{Topic: topic, Partition: partition, Key: order.Key, Headers: order.Headers, Value: change(order.Value)}
	if err := client.ProduceSync(s.t.Context(), more).FirstErr(); err != nil {
		s.t.Fatal(err)
	}
	s.eventually("the store has the record", func() bool {
		var next int64
		s.ask1(on, &next, `SELECT next FROM seckill_position JOIN seckill_product USING (partition) WHERE id = $1`)
		return next > more.Offset
	})
}

func (d damage) harm(t *testing.T, on *servers, product string) {
	t.Helper()
	if d.sql != "" {
		tellPostgres(t, on, d.sql, product)
	}
	if d.redis != "" {
		command := d.redis
		for name, part := range map[string]string{"GATE": "gate", "BUYERS": "buyers", "UNPAID": "unpaid"} {
			if before, after, is := strings.Cut(command, name); is {
				command = before + keyOf(t, on, product, part) + after
			}
		}
		tell(t, on.redis, command, ":")
	}
}

// keyOf is where Redis keeps this part of a product's gate.
func keyOf(t *testing.T, on *servers, product, part string) string {
	t.Helper()
	key := regexp.MustCompile(`seckill:\S*` + part).FindString(answerOf(t, on.redis, "KEYS seckill:*:{"+product+"}:*"+part))
	if key == "" {
		t.Fatalf("no %s of %s", part, product)
	}
	return key
}

// tellPostgres has it change some rows.
func tellPostgres(t *testing.T, on *servers, statement string, args ...any) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), on.postgres.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	done, err := db.Exec(t.Context(), statement, args...)
	if err != nil || done.RowsAffected() == 0 {
		t.Fatalf("%s: %v, %v", statement, done, err)
	}
}

// namedOf is the invariants by which a product has findings.
func namedOf(said, product string) (invariants []string) {
	for _, line := range regexp.MustCompile(`(?m)^FINDING (.*?) +product (\S+): `).FindAllStringSubmatch(said, -1) {
		if line[2] == product {
			invariants = append(invariants, line[1])
		}
	}
	return invariants
}
