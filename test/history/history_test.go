package history

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"seckill/test/program"
)

// A tale is a history as one writes it down: times are milliseconds.
type tale []said

type said struct {
	user       string
	from, to   int
	word, id   string // placed, again, already, queued, sold out, nothing
	underEpoch int
}

func (t tale) history() *History {
	h := &History{calls: map[string][]call{}}
	at := func(ms int) time.Time { return time.Unix(1000, 0).Add(time.Duration(ms) * time.Millisecond) }
	for _, s := range t {
		a := program.Answer{Order: program.Order{ID: s.id, Epoch: s.underEpoch}}
		switch s.word {
		case "placed":
			a.Status = 201
		case "again":
			a.Status = 200
		case "queued":
			a.Status = 202
		case "already":
			a.Status, a.Kind = 409, "already_bought"
		case "sold out":
			a.Status, a.Kind = 409, "sold_out"
		}
		h.calls["p"] = append(h.calls["p"], call{s.user, at(s.from), at(s.to), a})
	}
	return h
}

// kept is the orders "id of user".
func kept(all ...string) (orders []program.Order) {
	for _, o := range all {
		id, user, _ := strings.Cut(o, " of ")
		orders = append(orders, program.Order{ID: id, User: user, Status: "placed"})
	}
	return orders
}

// What a right sale may say, and what it must not: the checker tells them apart.
func TestTheCheckerBites(t *testing.T) {
	const units = 2
	a, b := said{"a", 0, 10, "placed", "A", 1}, said{"b", 5, 15, "placed", "B", 1}
	for name, c := range map[string]struct {
		tale tale
		kept []program.Order
		want string // of the error; "": right
	}{
		"two buy and one is refused":                             {tale{a, b, {"c", 20, 25, "sold out", "", 0}}, kept("A of a", "B of b"), ""},
		"refused while the last one buys":                        {tale{a, b, {"c", 2, 6, "sold out", "", 0}}, kept("A of a", "B of b"), ""},
		"refused by a memory of 100 ms":                          {tale{a, b, {"x", 20, 30, "queued", "X", 1}, {"c", 80, 99, "sold out", "", 0}}, kept("A of a", "B of b"), ""},
		"asked again, and told of the same order":                {tale{a, b, {"a", 30, 40, "again", "A", 1}, {"b", 30, 40, "already", "B", 1}}, kept("A of a", "B of b"), ""},
		"no answer, and placed":                                  {tale{a, {"b", 5, 15, "nothing", "", 0}}, kept("A of a", "B of b"), ""},
		"no answer, and nothing":                                 {tale{a, {"b", 5, 15, "nothing", "", 0}}, kept("A of a"), ""},
		"queued, and rejected":                                   {tale{a, {"b", 5, 15, "queued", "B", 1}}, kept("A of a"), ""},
		"refused for an order that was rejected":                 {tale{a, {"b", 5, 15, "queued", "B", 1}, {"c", 120, 130, "sold out", "", 0}, {"d", 300, 310, "placed", "D", 2}}, kept("A of a", "D of d"), ""},
		"lost, and bought under a later epoch":                   {tale{a, {"b", 5, 15, "nothing", "", 0}, {"c", 120, 130, "sold out", "", 0}, {"b", 300, 310, "placed", "B", 2}}, kept("A of a", "B of b"), ""},
		"refused for an order that was void, and admitted again": {tale{{"x", 20, 25, "queued", "X", 1}, {"b", 20, 200, "placed", "B", 2}, {"c", 130, 140, "sold out", "", 0}, {"a", 250, 260, "placed", "A", 2}}, kept("A of a", "B of b"), ""},
		"oversold":                   {tale{a, b, {"c", 20, 30, "placed", "C", 1}}, kept("A of a", "B of b", "C of c"), "3 orders of 2 units"},
		"lost":                       {tale{a, b}, kept("A of a"), "was told of order B, and has \"\""},
		"doubled":                    {tale{a, b}, kept("A of a", "B of b", "A2 of a"), "two orders"},
		"another's order":            {tale{a, b, {"a", 30, 40, "again", "B", 1}}, kept("A of a", "B of b"), "was told of order B"},
		"an order of nobody":         {tale{a}, kept("A of a", "Z of z"), "never asked"},
		"refused while units remain": {tale{a, {"c", 200, 210, "sold out", "", 0}, {"b", 220, 230, "placed", "B", 1}}, kept("A of a", "B of b"), "c was told that it is sold out, when at most 1 of 2"},
		"refused for a ghost that a later epoch freed": {tale{{"x", 0, 10, "queued", "X", 1}, {"a", 20, 30, "placed", "A", 2}, {"c", 200, 210, "sold out", "", 0}}, kept("A of a"), "a has an order of epoch 2"},
		"placed under an epoch that had ended":         {tale{{"a", 0, 10, "placed", "A", 2}, {"b", 20, 30, "placed", "B", 1}}, kept("A of a", "B of b"), "had ended"},
		"told of an order before there was one":        {tale{{"b", 0, 1, "already", "B", 0}, {"b", 20, 30, "placed", "B", 1}, a, {"c", 15, 18, "sold out", "", 0}}, kept("A of a", "B of b"), "another call's"},
		"cancelled":                                    {tale{a}, []program.Order{{ID: "A", User: "a", Status: "cancelled"}}, "is cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.tale.history().Check("p", units, c.kept)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A history of a thousand buyers is judged at once; and it is refused with one
// answer changed.
func TestManyBuyers(t *testing.T) {
	const units = 300
	var long tale
	var orders []string
	for i := range 1000 {
		s := said{fmt.Sprint("u", i), i, i + 8, "placed", fmt.Sprint("o", i), 1}
		switch {
		case i >= units+8:
			s.word, s.id = "sold out", ""
		case i >= units:
			s.word, s.id = "nothing", ""
		default:
			orders = append(orders, s.id+" of "+s.user)
		}
		long = append(long, s)
	}
	if err := long.history().Check("p", units, kept(orders...)); err != nil {
		t.Error(err)
	}
	early := append(tale{{"early", 10, 20, "sold out", "", 0}}, long...)
	if err := early.history().Check("p", units, kept(orders...)); err == nil {
		t.Error("a refusal of the first moment was explained")
	}
}

// Those who wait while the gate is opened anew, and then lose their server, held units
// until then: the next server sells them.
func TestManyAreLost(t *testing.T) {
	const units, lost = 60, 30
	var long tale
	var orders []string
	buy := func(from, to, epoch int) {
		n := fmt.Sprint(len(long))
		long = append(long, said{"u" + n, from, to, "placed", "o" + n, epoch})
		orders = append(orders, "o"+n+" of u"+n)
	}
	for i := range units - lost - 1 {
		buy(i, i+20, 1)
	}
	for i := range lost {
		long = append(long, said{fmt.Sprint("lost", i), 90 + i, 600, "nothing", "", 0})
	}
	buy(105, 300, 2)
	for i := range 40 {
		long = append(long, said{fmt.Sprint("late", i), 450 + i, 460 + i, "sold out", "", 0})
	}
	for i := range lost {
		buy(1000+i, 1020+i, 3)
	}
	if err := long.history().Check("p", units, kept(orders...)); err != nil {
		t.Error(err)
	}
	if err := long.history().Check("p", units+1, kept(orders...)); err == nil {
		t.Error("a refusal was explained while one unit was left")
	}
}

// Whatever a right sale tells its buyers is explained: gates are opened anew at any
// time, and what was not kept by then is lost, rejected, or admitted once more.
func TestARightSaleIsExplained(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := sale{Rand: r, units: 1 + r.IntN(40), epoch: 1, kept: map[string]string{}}
		for s.now = 0; s.now < 600; s.now++ {
			s.step()
		}
		for _, c := range s.held {
			s.keep(c)
		}
		for _, c := range s.waiting {
			s.lose(c)
		}
		var orders []string
		for user, id := range s.kept {
			orders = append(orders, id+" of "+user)
		}
		if err := s.tale.history().Check("p", s.units, kept(orders...)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// A sale is in one of its milliseconds.
type sale struct {
	*rand.Rand
	units, epoch, now int
	kept              map[string]string
	held              []said // admitted, and not kept yet
	waiting           []said // asked, and not decided on yet
	full              []bool // at each time
	tale              tale
}

func (s *sale) step() {
	if s.IntN(60) == 0 {
		s.open()
	}
	for range s.IntN(4) {
		n := fmt.Sprint(len(s.full), "-", s.Int())
		s.waiting = append(s.waiting, said{user: "u" + n, id: "o" + n, from: s.now})
	}
	s.full = append(s.full, len(s.kept)+len(s.held) == s.units)
	s.waiting = s.some(s.waiting, s.decide)
	s.held = s.some(s.held, s.keep)
}

// some are worked on, and those that are not done are given back.
func (s *sale) some(of []said, done func(said) bool) (rest []said) {
	for _, c := range of {
		if s.IntN(10) > 0 || !done(c) {
			rest = append(rest, c)
		}
	}
	return rest
}

func (s *sale) decide(c said) bool {
	void := c.underEpoch > 0 // it was held before
	c.to = s.now
	switch {
	case !void && s.full[max(0, s.now-s.IntN(int(viewAge.Milliseconds())))]:
		c.word, c.id = "sold out", ""
		s.tale = append(s.tale, c)
	case len(s.kept)+len(s.held) < s.units:
		c.underEpoch = s.epoch
		s.held = append(s.held, c)
	default:
		return false
	}
	return true
}

func (s *sale) keep(c said) bool {
	c.to, c.word = s.now, "placed"
	s.kept[c.user] = c.id
	s.tale = append(s.tale, c)
	return true
}

func (s *sale) open() {
	s.epoch++
	held := s.held
	s.held = nil
	for _, c := range held {
		switch c.to = s.now; s.IntN(3) {
		case 0:
			s.waiting = append(s.waiting, c)
		case 1:
			c.word = "queued"
			s.tale = append(s.tale, c)
		default:
			s.lose(c)
		}
	}
}

func (s *sale) lose(c said) {
	c.to, c.word, c.id, c.underEpoch = s.now, "nothing", "", 0
	s.tale = append(s.tale, c)
}
