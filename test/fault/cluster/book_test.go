package cluster

import (
	"fmt"
	"sync"
	"time"

	"seckill/test/history"
)

// A purchase is one buyer, and what they were told.
type purchase struct {
	user, key string

	order    string // that they were told of
	admitted bool   // and that a gate has admitted it
	firm     bool   // and that it is placed
	location string // where they may ask what became of it, if it was not firm
	refused  bool   // that nothing is left
	told     bool   // that their order is rejected, a moment after
	rejected bool   // afterwards: that their order became none
	sent     time.Time
	answered time.Time
}

// A book is what all buyers of a sale were told. Its methods may be called by many
// goroutines.
type book struct {
	mu         sync.Mutex
	purchases  []*purchase
	found      []string // answers that should not have been given
	requests   int      // without an answer
	lastFailed string
	news       chan struct{} // closed at the next change
	history    history.History
}

// keep takes down what a buyer was told to a request.
func (b *book) keep(p *purchase, sent time.Time) {
	p.sent, p.answered = sent, time.Now()
	b.change(func() { b.purchases = append(b.purchases, p) })
}

func (b *book) find(format string, args ...any) {
	b.change(func() { b.found = append(b.found, fmt.Sprintf(format, args...)) })
}

func (b *book) unanswered(answer fmt.Stringer, err error) {
	b.change(func() {
		b.requests++
		b.lastFailed = fmt.Sprintf("%v, %v", answer, err)
	})
}

func (b *book) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	if b.news != nil {
		close(b.news)
		b.news = nil
	}
}

// next is closed at the next change.
func (b *book) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.news == nil {
		b.news = make(chan struct{})
	}
	return b.news
}

// count is how many purchases are as is says.
func (b *book) count(is func(*purchase) bool) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.purchases {
		if is(p) {
			n++
		}
	}
	return n
}

// placed is how many were told so, of those who asked after a moment.
func (b *book) placed(after time.Time) int {
	return b.count(func(p *purchase) bool { return p.firm && p.sent.After(after) })
}

func (b *book) queued() int { return b.count(func(p *purchase) bool { return p.location != "" }) }

// rejected is how many orders became none that a gate had admitted, and a buyer
// was told of before a moment.
func (b *book) rejected(before time.Time) int {
	return b.count(func(p *purchase) bool { return p.rejected && p.admitted && p.answered.Before(before) })
}

// firsts is how long after a moment somebody who came after it was first told
// that they are admitted, and that they are placed.
func (b *book) firsts(after time.Time) (admitted, placed time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := func(so *time.Duration, p *purchase) {
		if took := p.answered.Sub(after); *so == 0 || took < *so {
			*so = took
		}
	}
	for _, p := range b.purchases {
		if !p.admitted || !p.sent.After(after) {
			continue
		}
		first(&admitted, p)
		if p.firm {
			first(&placed, p)
		}
	}
	return admitted, placed
}

func (b *book) summary() string {
	placed, queued := b.placed(time.Time{}), b.queued()
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("%d buyers, %d told placed, %d queued, %d requests unanswered (the last: %s)",
		len(b.purchases), placed, queued, b.requests, b.lastFailed)
}
