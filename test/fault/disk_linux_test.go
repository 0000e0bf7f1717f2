package fault

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/test/program"
)

// The disk fills up while a crowd buys: the program says so and ends, and once
// there is room, every receipt is honoured and the sale goes on.
func TestDiskFullWhileSelling(t *testing.T) {
	if !mayMount(t) {
		return
	}
	disk := smallDisk(t)
	data := filepath.Join(disk, "data")
	s := serve(t, bin, data)
	big.put(t, s)
	c := crowd{shop: big}
	<-c.during(s, 200)
	empty := fill(t, disk, 400<<10)
	c.rush(s, atOnce)
	if code, out := s.Wait(), s.Out.String(); code != 1 || !strings.Contains(out, data) || !strings.Contains(out, "full") {
		t.Errorf("serve: exit code %d:\n%s", code, out)
	}
	s = afterTheDiskWasFull(t, data, fill(t, disk, 0), empty)
	if found := append(c.audit(t, s, c.final, c.payable), c.ask(t, s, 0)...); len(found) > 0 {
		t.Error(most(found))
	}
	for range len(c.lost) {
		c.buy(s, c.takeLost(), true)
	}
	<-c.during(s, 200)
	found := append(c.audit(t, s, c.final, c.payable), judged(t, data)...)
	s.Stop(t)
	if found = append(found, judged(t, data)...); len(found) > 0 {
		t.Error(most(found))
	}
}

// afterTheDiskWasFull starts a server while there is no room. It ends and says
// why, or waits for room; either way one runs when there is some.
func afterTheDiskWasFull(t *testing.T, data string, empty ...func()) *server {
	t.Helper()
	if found := judged(t, data); len(found) > 0 && !strings.Contains(most(found), "exit code 2") {
		t.Error(most(found))
	}
	s := tryServe(t, bin, data)
	waits := s.Out.Await("Console")
	for _, f := range empty {
		f()
	}
	if waits && s.Ready(t) {
		return s
	}
	if code, out := s.Wait(), s.Out.String(); code != 1 || !strings.Contains(out, data) {
		t.Errorf("on a full disk, serve: exit code %d:\n%s", code, out)
	}
	return serve(t, bin, data)
}

// A start on a full disk says so, and leaves nothing that a later start minds.
func TestStartOnAFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	disk := smallDisk(t)
	data := filepath.Join(disk, "data")
	for _, room := range []int{0, 4 << 10, 8 << 10, 16 << 10, 64 << 10} {
		empty := fill(t, disk, room)
		s := tryServe(t, bin, data)
		if s.Out.Await("msg=ready") {
			t.Errorf("it started with %d bytes of room", room)
		}
		s.Signal(9)
		if code, out := s.Wait(), s.Out.String(); code != 1 || !strings.Contains(out, data) || !strings.Contains(out, "full") && !strings.Contains(out, "no space") || lines(out) != 1 {
			t.Errorf("serve: exit code %d with %d bytes of room:\n%s", code, room, out)
		}
		empty()
	}
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":1}`)
	s.Stop(t)
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}

// A folder that cannot be written is refused, by name, and stays what it was.
func TestReadOnlyFolder(t *testing.T) {
	if !mayMount(t) {
		return
	}
	data := soldFolder(t)
	before := contents(t, data)
	view := readOnly(t, data)
	for want, args := range map[int][]string{
		1: {"serve", "--listen", "127.0.0.1:0", "--data", view},
		2: {"verify", "--data", view},
	} {
		if code, out := program.Run(t, bin, args...); code != want || !strings.Contains(out, view) || !strings.Contains(out, "read-only") || lines(out) != 1 {
			t.Errorf("%s: exit code %d:\n%s", args[0], code, out)
		}
	}
	if code, out := program.Run(t, bin, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(view, "new")); code != 1 || !strings.Contains(out, view) || !strings.Contains(out, "read-only") {
		t.Errorf("serve in a new folder there: exit code %d:\n%s", code, out)
	}
	if after := contents(t, data); !slices.Equal(before, after) {
		t.Error("the folder is not what it was")
	}
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}
