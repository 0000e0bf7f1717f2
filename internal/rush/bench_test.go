package rush

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// asServer makes this test binary a server that answers everything at once, so
// that the generator's CPU can be told from the server's.
const asServer = "RUSH_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		serveTrivially()
		return
	}
	os.Exit(m.Run())
}

func serveTrivially() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	soldOut := []byte(`{"type":"/problems/sold_out","title":"Sold out","status":409,"detail":"Every unit has a buyer."}`)
	server := fasthttp.Server{
		Concurrency: 1 << 20,
		Handler: func(ctx *fasthttp.RequestCtx) {
			if !ctx.IsPost() {
				return
			}
			ctx.SetStatusCode(409)
			ctx.SetContentType("application/problem+json")
			ctx.SetBody(soldOut)
		},
	}
	if err := server.Serve(l); err != nil {
		panic(err)
	}
}

// BenchmarkRush is the generator against a server in a process of its own:
// ns/op is the time a request with both on this machine, cpu-ns/req the CPU of
// the generator alone.
func BenchmarkRush(b *testing.B) {
	for _, c := range []struct {
		name        string
		connections int
		fresh       bool
	}{{"connections=64", 64, false}, {"connections=256", 256, false}, {"connections=1000", 1000, false}, {"new-connections", 256, true}} {
		b.Run(c.name, func(b *testing.B) {
			url := startTrivial(b)
			before := cpu()
			b.ResetTimer()
			// Go by millions at most, which is what a rush may have.
			for left := b.N; left > 0; left -= MaxBuyers {
				n := min(left, MaxBuyers)
				report, err := Run(context.Background(), Config{
					URL: url, Product: "1", Buyers: n, Connections: c.connections, NewConnections: c.fresh, Seed: 1,
				}, nil)
				if err != nil || report.Count(SoldOut) != int64(n) {
					b.Fatal(err, report.ByKind, report.Complaints)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/req")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// cpu is what this process has used, in user and system.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func startTrivial(b *testing.B) (url string) {
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), asServer+"=1")
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + address[:len(address)-1]
}
