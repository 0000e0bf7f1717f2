package cluster

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"seckill/test/program"
)

// atOnce is how many buyers come at a time to buy what is left.
const atOnce = 32

// finish ends the sale, and finds nothing.
func (s *sale) finish() {
	s.t.Helper()
	if found := s.wind(); len(found) > 0 {
		s.t.Errorf("%s\nof %s, with %s", most(found), s.product, s.summary())
	}
}

// wind ends the sale: all units are sold, and all of it is looked at.
func (s *sale) wind() (found []string) {
	s.t.Helper()
	s.close()
	s.sellOut()
	s.follow()
	s.t.Logf("%s of %d: %s; %d rejected", s.product, s.quantity, s.summary(), s.count(wasRejected))
	return append(s.audit(), judged(s.t, s.c)...)
}

func wasRejected(p *purchase) bool { return p.rejected }

// sellOut has buyers come until the units are all held. An order that was lost on
// its way is on sale again only when its gate has been opened anew.
func (s *sale) sellOut() {
	s.t.Helper()
	s.eventually("every unit is held", func() bool {
		var all sync.WaitGroup
		for range atOnce {
			all.Go(func() {
				for refused := false; !refused && s.t.Context().Err() == nil; {
					p := s.newcomer()
					s.shop(p)
					refused = p.order == ""
				}
			})
		}
		all.Wait()
		return s.look().Held == s.quantity
	})
}

// follow asks what became of every order that was not firm when it was told of,
// and takes those that were placed for a promise too.
func (s *sale) follow() {
	s.t.Helper()
	for _, p := range s.all() {
		if p.location == "" {
			continue
		}
		s.eventually("order "+p.order+" is placed or rejected", func() bool {
			a, err := s.c.any().Get(p.location)
			if err != nil || a.Status != 200 {
				return false
			}
			p.firm, p.rejected = a.Order.Status == "placed", a.Order.Status == "rejected"
			return p.firm || p.rejected
		})
	}
}

func (s *sale) all() []*purchase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.purchases
}

// audit compares what is kept with what buyers were told, and returns what does
// not fit. Nobody may be buying.
func (s *sale) audit() (found []string) {
	s.t.Helper()
	kept, owners, held := map[string]program.Order{}, map[string]string{}, 0
	for _, o := range s.c.any().Orders(s.t, s.product) {
		kept[o.ID] = o
		if o.Status != "placed" {
			found = append(found, fmt.Sprintf("order %s is %s", o.ID, o.Status))
			continue
		}
		held++
		if before, twice := owners[o.User]; twice {
			found = append(found, fmt.Sprintf("%s has two orders: %s and %s", o.User, before, o.ID))
		}
		owners[o.User] = o.ID
	}
	if held != s.quantity {
		found = append(found, fmt.Sprintf("%d orders are placed, of %d units", held, s.quantity))
	}
	for _, p := range s.all() {
		o, there := kept[p.order]
		switch {
		case p.firm && !there:
			found = append(found, fmt.Sprintf("lost: %s was told that order %s is placed", p.user, p.order))
		case there && o.User != p.user:
			found = append(found, fmt.Sprintf("order %s is %s's, and was given to %s", p.order, o.User, p.user))
		case p.told && there:
			found = append(found, fmt.Sprintf("%s was told that order %s is rejected, and has it", p.user, p.order))
		case p.refused && owners[p.user] != "":
			found = append(found, fmt.Sprintf("%s was refused, and has order %s", p.user, owners[p.user]))
		}
	}
	return append(found, s.found...)
}

// judged is what seckill verify finds, if it is not what it should be: no
// findings, in a sale that runs. It is asked again only if it could not judge.
func judged(t testing.TB, c *cluster) []string {
	t.Helper()
	const noVerdict = 2
	for began := time.Now(); ; {
		code, out := program.Run(t, c.program, append([]string{"verify"}, c.flags...)...)
		if code == 0 && strings.Contains(out, "(running)") && strings.Contains(out, "no findings") {
			return nil
		}
		if code != noVerdict || time.Since(began) > patience {
			return []string{fmt.Sprintf("verify: exit code %d after %v\n%s", code, time.Since(began), out)}
		}
	}
}

// most is the first of the findings.
func most(found []string) string {
	const enough = 12
	if n := len(found); n > enough {
		found = append(found[:enough:enough], fmt.Sprintf("and %d more", n-enough))
	}
	return strings.Join(found, "\n")
}
