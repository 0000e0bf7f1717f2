package cluster

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"seckill/test/ledger"
)

// ills are what a network does to all that goes over it, as toxics of toxiproxy: to
// requests (upstream), to answers (downstream), or both. What is lost stays lost: the
// connections end with the fault.
var ills = []struct{ name, toxics string }{
	{"silent", "timeout upstream, timeout downstream"},
	{"requests lost", "timeout upstream"},
	{"answers lost", "timeout downstream"},
	{"slow", "latency upstream, latency downstream"},
	{"connections reset", "reset_peer downstream"},
}

// attributes are those of each toxic (in milliseconds); no time-out is for ever.
var attributes = map[string]string{
	"timeout":    `{"timeout":0}`,
	"latency":    `{"latency":400,"jitter":200}`,
	"reset_peer": `{"timeout":50}`,
	"bandwidth":  `{"rate":20}`, // KB/s
}

// The network between the processes and one of their servers is ill for some seconds.
func TestTheNetworkIsIll(t *testing.T) {
	t.Parallel()
	ways := newWays(t)
	on := ownServers(t, 1, "advertised.listeners=BROKER://"+ways["Kafka"].Listen)
	c := start(t, bin, ways.lead(t, on))
	servers := []string{"Redis", "Kafka", "Postgres"}
	ledger.Trials(t, "network", len(servers), func(t *ledger.Trial) {
		ill, server := ills[t.Seed%uint64(len(ills))], servers[t.Seed%uint64(len(servers))]
		t.Point = server + ": " + ill.name
		c.trial(t, 3_000, pace, func(*sale) {
			way := ways[server].Toxics
			for toxic := range strings.SplitSeq(ill.toxics, ", ") {
				fallIll(t, way, toxic)
			}
			<-time.After(time.Second + time.Duration(t.IntN(5_000))*time.Millisecond)
			way.ResetToxics(context.Background())
		})
	})
}

// Redis loses everything, and what a gate has to know takes longer to read from the
// store than an opener may be silent: of two processes one opens it, and the other
// leaves it at that.
func TestALongOpeningOfTwoProcesses(t *testing.T) {
	ways := newWays(t)
	on := ownServers(t, 1, "advertised.listeners=BROKER://"+ways["Kafka"].Listen)
	c := start(t, bin, ways.lead(t, on))
	s := c.put(9_000)
	s.open(rushPace)
	s.sold(7_000)
	s.close()
	s.open(pace)
	before := s.look().Epoch
	fallIll(t, ways["Postgres"].Toxics, "bandwidth downstream")
	tell(t, on.redis, "FLUSHALL", "+OK")
	s.goesOn("an opening of ten seconds, by two processes")
	if after := s.look().Epoch; after > before+2 { // one for each, if both began at once
		t.Errorf("the epoch was %d, and is %d: they fenced each other", before, after)
	}
	ways["Postgres"].Toxics.ResetToxics(context.Background())
	s.finish()
}

// fallIll adds a toxic: its kind, and the stream.
func fallIll(t testing.TB, way *toxiproxy.ToxicCollection, toxic string) {
	t.Helper()
	kind, stream, _ := strings.Cut(toxic, " ")
	text := fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":%s}`, kind, stream, attributes[kind])
	if _, err := way.AddToxicJson(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

var hostPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// ways are the proxies in front of the servers.
type ways map[string]*toxiproxy.Proxy

func newWays(t *testing.T) ways {
	t.Helper()
	w := ways{}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	for _, name := range []string{"Redis", "Kafka", "Postgres"} {
		p := toxiproxy.NewProxy(server, name, "127.0.0.1:0", "")
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		w[name] = p
	}
	return w
}

// lead has the ways lead to servers, and returns the flags of who takes them.
func (w ways) lead(t *testing.T, to *servers) []string {
	t.Helper()
	flags := to.flags()
	for i, name := range []string{"Redis", "Kafka", "Postgres"} {
		p, flag := w[name], &flags[2*i+1]
		address := hostPort.FindString(*flag)
		*flag = strings.Replace(*flag, address, p.Listen, 1)
		if err := p.Update(&toxiproxy.Proxy{Listen: p.Listen, Upstream: address, Enabled: true}); err != nil {
			t.Fatal(err)
		}
	}
	return flags
}
