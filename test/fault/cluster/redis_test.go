package cluster

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/test/ledger"
)

// Everything in Redis is thrown away in the middle of a rush.
func TestFlushAllInARush(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := c.put(10_000)
	s.open(rushPace)
	for range 2 {
		s.sold(1_000)
		tell(t, on.redis, "FLUSHALL", "+OK")
		s.goesOn("FLUSHALL in a rush")
	}
	s.finish()
}

// Redis is killed, and the end of what it has on its disk is missing.
func TestTheEndOfRedissFileIsCutOff(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	ledger.Trials(t, "AOF cut", 1, func(t *ledger.Trial) {
		c.trial(t, 1_000, pace, func(*sale) {
			on.redis.Kill()
			harmAppendOnlyFile(t, on.redis, func(was []byte) []byte { return was[:len(was)-1-t.IntN(min(len(was)/2, 20_000))] })
			up(t, on.redis.Node)
		})
	})
}

// Redis is killed, and what it has on its disk is not what it had.
func TestTheDiskOfRedis(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := c.sell(6_000)

	on.redis.Kill()
	harmAppendOnlyFile(t, on.redis, func(was []byte) []byte {
		at := len(was)/3 + rand.N(len(was)/3)
		return append(was[:at:at], was[at+1+rand.N(5):]...)
	})
	err := on.redis.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "Bad file format") {
		t.Fatalf("Redis was started on a file with a hole: %v", err)
	}
	if a, err := c.any().Get("/readyz"); err != nil || a.Status != 503 || !strings.Contains(a.Body, "Missing: Redis") {
		t.Errorf("without a Redis, /readyz says %v, %v", a, err)
	}
	wiped(t, on.redis.Node) // which is what is left to do
	s.goesOn("Redis's file had a hole: Redis made anew")

	s.sold(pace)
	wiped(t, on.redis.Node)
	s.goesOn("Redis with an empty folder")
	s.finish()
}

// harmAppendOnlyFile changes what a Redis that is down has written since it began.
func harmAppendOnlyFile(t testing.TB, r *devstack.Redis, change func([]byte) []byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(r.Data(), "appendonlydir", "*.incr.aof"))
	if err != nil || len(names) != 1 {
		t.Fatalf("append-only files %v, %v", names, err)
	}
	was, err := os.ReadFile(names[0])
	if err == nil {
		err = os.WriteFile(names[0], change(was), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// tell sends a command to a Redis, whose answer has to begin as wanted.
func tell(t testing.TB, r *devstack.Redis, command, want string) {
	t.Helper()
	if got := answerOf(t, r, command); !strings.HasPrefix(got, want) {
		t.Fatalf("%s: %q", command, got)
	}
}

// answerOf is all that a Redis answers to a command, and to a PING after it, which one that loads its
// data refuses; less, if that does not come.
func answerOf(t testing.TB, r *devstack.Redis, command string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addressOf(r), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // a connection has it
	if _, err := io.WriteString(conn, command+"\r\nPING\r\n"); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for in, line := bufio.NewReader(conn), ""; line != "+PONG\r\n" && !strings.HasPrefix(line, "-LOADING"); got.WriteString(line) {
		if line, err = in.ReadString('\n'); err != nil {
			t.Logf("%s: %q, %v", command, got.String(), err)
			break
		}
	}
	return got.String()
}

func addressOf(r *devstack.Redis) string {
	return strings.TrimSuffix(strings.TrimPrefix(r.URL(), "redis://"), "/0")
}
