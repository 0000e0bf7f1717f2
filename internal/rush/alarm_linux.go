package rush

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// alarm sleeps to within some 50 us. The runtime's own timers are rounded to a
// whole millisecond while nothing else happens, which would make every buyer
// of a calm rush up to 1 ms late and show as latency of the server. A timerfd
// wakes the runtime's poller on time, and blocks no thread.
type alarm struct {
	file *os.File // nil: there are no more descriptors; time.Sleep has to do
	fd   int
}

func newAlarm() *alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return &alarm{}
	}
	return &alarm{file: os.NewFile(uintptr(fd), "timerfd"), fd: fd}
}

func (a *alarm) sleep(d time.Duration) {
	if a.file != nil {
		var expired [8]byte
		once := unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}
		if unix.TimerfdSettime(a.fd, 0, &once, nil) == nil {
			if _, err := a.file.Read(expired[:]); err == nil {
				return
			}
		}
	}
	time.Sleep(d) // to keep a schedule is to wait for the time
}

func (a *alarm) close() {
	if a.file != nil {
		_ = a.file.Close() // nothing was written
	}
}
