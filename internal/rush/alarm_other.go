//go:build !linux

package rush

import "time"

// alarm is time.Sleep: a buyer may be sent a millisecond late, which counts.
type alarm struct{}

func newAlarm() *alarm               { return &alarm{} }
func (*alarm) sleep(d time.Duration) { time.Sleep(d) } // to keep a schedule is to wait for the time
func (*alarm) close()                {}
