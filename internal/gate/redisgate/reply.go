package redisgate

import (
	"errors"
	"fmt"
	"time"

	"github.com/redis/rueidis"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// An reply is what a script returned, read from its front.
type reply struct {
	values []rueidis.RedisMessage
	err    error // the first thing that was not as it should be
}

func (a *reply) next() (m rueidis.RedisMessage) {
	if len(a.values) == 0 {
		a.fail(errors.New("it is too short"))
		return m
	}
	m, a.values = a.values[0], a.values[1:]
	return m
}

func (a *reply) fail(err error) {
	if err != nil && a.err == nil {
		a.err = fmt.Errorf("%w: an answer of Redis: %w", sale.ErrUnknownOutcome, err)
	}
}

func (a *reply) number() int64 {
	m := a.next()
	n, err := m.AsInt64()
	a.fail(err)
	return n
}

func (a *reply) text() string {
	m := a.next()
	s, err := m.ToString()
	a.fail(err)
	return s
}

func (a *reply) list() []rueidis.RedisMessage {
	m := a.next()
	l, err := m.ToArray()
	a.fail(err)
	return l
}

// counts reads a hash of numbers; nil: it is empty.
func (a *reply) counts() (counts map[string]int) {
	for fields := (&reply{values: a.list()}); len(fields.values) > 0 && a.err == nil; a.fail(fields.err) {
		if counts == nil {
			counts = map[string]int{}
		}
		of := fields.text()
		counts[of] = int(fields.number())
	}
	return counts
}

// flag reads what field wrote.
func (a *reply) flag() bool { return a.text() == "1" }

// when reads a time in milliseconds, or none.
func (a *reply) when() time.Time {
	if len(a.values) > 0 {
		if s, err := a.values[0].ToString(); err == nil && s == "" {
			a.next()
			return time.Time{}
		}
	}
	return time.UnixMilli(a.number()).UTC()
}

// moment reads a time in microseconds.
func (a *reply) moment() time.Time { return time.UnixMicro(a.number()).UTC() }

// view reads what view of gate.lua wrote.
func (a *reply) view() (v gate.View) {
	v.Epoch = a.number()
	v.Now = a.moment()
	v.Remaining, v.Seq, v.Returned = a.number(), a.number(), a.number()
	v.Terms.LimitPerUser = int(a.number())
	v.Terms.OpensAt, v.Terms.ClosesAt = a.when(), a.when()
	v.Terms.Paused, v.Terms.Closed = a.flag(), a.flag()
	v.Terms.Partition = int32(a.number())
	v.Terms.OrdersPerUser = int(a.number())
	v.Waiting = a.number()
	v.Terms.Group = a.text()
	v.Terms.UnpaidPerAddress = int(a.number())
	return v
}
