package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/fstest"

	"seckill/internal/app"
)

func config(data string) app.Config {
	return app.Config{
		Listen: "127.0.0.1:0", Data: data, MaxUnrelayed: 1000,
		Pages: fstest.MapFS{}, Log: slog.New(slog.DiscardHandler),
	}
}

// A program runs, and can be asked over HTTP.
type program struct {
	*app.Program
	t      *testing.T
	url    string
	client *http.Client
	stop   context.CancelFunc
	ended  chan error // Run's answer
}

// start runs a program on a data folder, and returns when it sells.
func start(t *testing.T, data string) *program {
	t.Helper()
	return startWith(t, config(data))
}

// An operator sends this token with each request.
type operator string

func (token operator) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+string(token))
	return http.DefaultTransport.RoundTrip(r)
}

func startWith(t *testing.T, cfg app.Config) *program {
	t.Helper()
	ready := make(chan struct{})
	cfg.Log = slog.New(signal{cfg.Log.Handler(), ready})
	e, err := app.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &program{e, t, "http://" + e.Addr().String(), &http.Client{Transport: &http.Transport{}}, stop, make(chan error, 1)}
	if cfg.AdminToken != "" {
		p.client.Transport = operator(cfg.AdminToken)
	}
	go func() { p.ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		p.client.CloseIdleConnections()
		if err := e.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	select {
	case <-ready:
	case err := <-p.ended:
		t.Fatal("it ended before it was ready:", err)
	}
	return p
}

// end stops the program and closes it, and demands that both went well.
func (p *program) end() {
	p.t.Helper()
	p.stop()
	if err := <-p.ended; err != nil {
		p.t.Fatal("run:", err)
	}
	if err := p.Close(); err != nil {
		p.t.Fatal("close:", err)
	}
}

// A signal is a log handler that also closes ready when the program says that it is.
type signal struct {
	slog.Handler
	ready chan struct{}
}

func (s signal) Enabled(context.Context, slog.Level) bool { return true }

func (s signal) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "ready" {
		close(s.ready)
	}
	return s.Handler.Handle(ctx, r)
}

// An answer is a status, and the fields of its body that tests look at.
type answer struct {
	Status    int             `json:"-"`
	ID        string          `json:"id"`
	Detail    string          `json:"detail"`
	Rehearsal bool            `json:"rehearsal"`
	Errors    json.RawMessage `json:"errors"` // a problem's list, or a rehearsal's count
	OrderID   string          `json:"order_id"`
	UserID    string          `json:"user_id"`
	State     string          `json:"state"`
	Type      string          `json:"type"`
	Held      int64           `json:"held"`
	Epoch     int64           `json:"epoch"`
	Products  []struct {
		Queued int64 `json:"queued"`
	} `json:"products"`
	Orders []struct {
		OrderID string `json:"order_id"`
		UserID  string `json:"user_id"`
		Number  int64  `json:"number"`
	} `json:"orders"`
}

func (p *program) try(method, path, body string) (a answer, err error) {
	r, err := http.NewRequest(method, p.url+path, bytes.NewBufferString(body))
	if err != nil {
		return a, err
	}
	return p.send(r)
}

func (p *program) send(r *http.Request) (a answer, err error) {
	r.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(r)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err == nil && len(read) > 0 {
		err = json.Unmarshal(read, &a)
	}
	a.Status = resp.StatusCode
	return a, err
}

// ask demands the status.
func (p *program) ask(status int, method, path, body string) answer {
	p.t.Helper()
	a, err := p.try(method, path, body)
	if err != nil || a.Status != status {
		p.t.Fatalf("%s %s: %+v (%v), not %d", method, path, a, err, status)
	}
	return a
}

func (p *program) buy(status int, user string) answer {
	p.t.Helper()
	return p.ask(status, "POST", "/api/products/1/orders", `{"user_id":"`+user+`"}`)
}

func (p *program) buyKeyed(status int, user, key string) answer {
	p.t.Helper()
	r, err := http.NewRequest("POST", p.url+"/api/products/1/orders", bytes.NewBufferString(`{"user_id":"`+user+`"}`))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Idempotency-Key", key)
	a, err := p.send(r)
	if err != nil || a.Status != status {
		p.t.Fatalf("a buy with key %s: %+v (%v), not %d", key, a, err, status)
	}
	return a
}
