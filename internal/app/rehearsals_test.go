package app_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/app"
	"seckill/internal/httpapi"
	"seckill/internal/sale"
)

// read demands a 200, and reads it into v, or as it is if v is a *string.
func (p *program) read(path string, v any) {
	p.t.Helper()
	resp, err := p.client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if text, ok := v.(*string); ok {
		*text = string(body)
	} else if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s: %d %s (%v)", path, resp.StatusCode, body, err)
	}
}

// begin begins a rehearsal and returns its id.
func (p *program) begin(plan string) string {
	p.t.Helper()
	return p.ask(201, "POST", "/api/rehearsals", plan).ID
}

// watch follows a rehearsal's events until it is as it should.
func (p *program) watch(id string, is func(httpapi.Rehearsal) bool) (r httpapi.Rehearsal) {
	p.t.Helper()
	resp, err := p.client.Get(p.url + "/api/rehearsals/" + id + "/events")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	for d := newEvents(resp.Body); ; {
		if err := d.next(&r); err != nil {
			p.t.Fatalf("%v, after %+v", err, r)
		}
		if is(r) {
			return r
		}
	}
}

// A rehearsal's product goes at the next start if nobody keeps the rehearsal: a backup has
// its product alone.
func TestProductsOfARestoredRehearsal(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	id := p.begin(`{"buyers":20,"over":"1s","quantity":5}`)
	p.watch(id, over)
	p.end()
	if err := os.RemoveAll(filepath.Join(data, "rehearsals")); err != nil {
		t.Fatal(err)
	}
	p = start(t, data)
	for deadline := time.Now().Add(time.Minute); ; <-time.After(10 * time.Millisecond) {
		a, err := p.try("GET", "/api/products/"+id, "")
		if err == nil && a.Status == 404 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v, %v", a, err)
		}
	}
}

func over(r httpapi.Rehearsal) bool { return r.EndedAt != "" }

func TestARehearsalOfTheWholePath(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":5}`)
	p.buy(201, "u1")
	id := p.begin(`{"buyers":1000,"over":"1s","quantity":100,"repeat_clickers":20}`)
	r := p.watch(id, over)
	if r.State != "done" || r.Placed != 100 || r.Answers["sold_out"] == 0 || r.Errors > r.Answers["unavailable"] || r.Answered != 1000 ||
		*r.Oversold != 0 || *r.Findings != 0 || r.Repeats["already_bought"]+r.Repeats["placed"] == 0 || r.Latency.Count != 1000 {
		t.Errorf("%+v", r)
	}
	if r.Timeline == nil || r.Verdict == nil || len(r.Verdict.Checks) == 0 || len(r.Verdict.Findings) > 0 {
		t.Fatalf("timeline %+v, verdict %+v", r.Timeline, r.Verdict)
	}
	for _, c := range r.Verdict.Checks {
		if !c.Holds || c.Code == "" || c.Product != "" && c.Product != id {
			t.Errorf("%+v", c)
		}
	}
	if a := p.ask(200, "GET", "/api/products/"+id, ""); !a.Rehearsal || a.Held != 100 || a.State != "closed" {
		t.Errorf("its product: %+v", a)
	}
	wantMode(t, filepath.Join(data, "rehearsals"), fs.ModeDir|0o700)
	wantMode(t, filepath.Join(data, "rehearsals", id+".json"), 0o600)
	p.end()

	p = start(t, data)
	var list httpapi.RehearsalList
	p.read("/api/rehearsals", &list)
	if len(list.Rehearsals) != 1 || list.Rehearsals[0].State != "done" || list.Rehearsals[0].Placed != 100 || list.Rehearsals[0].Timeline != nil {
		t.Errorf("after a restart: %+v", list)
	}
	var page string
	if p.read("/api/rehearsals/"+id+"/report", &page); !strings.Contains(page, "<!doctype html>") || strings.Contains(page, "<script") {
		t.Errorf("report: %.300s", page)
	}
	p.ask(204, "DELETE", "/api/rehearsals/"+id, "")
	p.ask(404, "GET", "/api/rehearsals/"+id, "")
	p.ask(404, "GET", "/api/rehearsals/"+id+"/report", "")
	p.ask(404, "GET", "/api/products/"+id, "")
	if files, err := os.ReadDir(filepath.Join(data, "rehearsals")); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	var v httpapi.AuditReport
	p.verify(&v)
	if len(v.Findings) > 0 || v.Products != 2 || len(v.Checks) == 0 {
		t.Errorf("%+v", v)
	}
}

func (p *program) verify(v *httpapi.AuditReport) {
	p.t.Helper()
	resp, err := p.client.Post(p.url+"/api/verify", "", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil || resp.StatusCode != 200 {
		p.t.Fatal(resp.Status, err)
	}
}

// Also if only operators may pay.
func TestQuittersGiveTheirUnitsBack(t *testing.T) {
	t.Parallel()
	cfg := config(t.TempDir())
	cfg.AdminToken = "open-sesame-open-sesame"
	p := startWith(t, cfg)
	id := p.begin(`{"buyers":200,"over":"1s","quantity":50,"quitters":40}`)
	r := p.watch(id, over)
	if r.State != "done" || r.Placed != 50 || r.Quit == 0 || r.Expired != r.Quit || r.Paid != 50-r.Quit || r.Unpaid != 0 || *r.Findings != 0 || r.PaymentWindow != "10s" {
		t.Errorf("%+v, %s", r, r.Reason)
	}
}

func TestARehearsalIsCancelled(t *testing.T) {
	p := start(t, t.TempDir())
	id := p.begin(`{"buyers":1000,"over":"60s"}`)
	if a := p.ask(409, "POST", "/api/rehearsals", `{}`); a.Type != "/problems/rehearsal_running" || a.Detail != id {
		t.Errorf("a second one: %+v", a)
	}
	p.watch(id, func(r httpapi.Rehearsal) bool { return r.Answered > 0 })
	p.ask(204, "DELETE", "/api/rehearsals/"+id, "")
	if r := p.watch(id, over); r.State != "cancelled" || r.Sent >= 1000 || !r.Report {
		t.Errorf("%+v", r)
	}
	p.ask(204, "DELETE", "/api/rehearsals/"+id, "")
	p.ask(404, "GET", "/api/products/"+id, "")
}

// A server that ends in the middle says so at its next start.
func TestTheServerEndsDuringARehearsal(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	id := p.begin(`{"buyers":1000,"over":"60s"}`)
	p.watch(id, func(r httpapi.Rehearsal) bool { return r.Answered > 0 })
	p.end()
	p = start(t, data)
	var r httpapi.Rehearsal
	p.read("/api/rehearsals/"+id, &r)
	if r.State != "failed" || !strings.Contains(r.Reason, "server stopped") || r.Answered == 0 || r.Sent == 1000 { // nobody waited for all of it
		t.Errorf("%+v", r)
	}
	p.ask(200, "GET", "/api/products/"+id, "")
	p.ask(204, "DELETE", "/api/rehearsals/"+id, "")
	p.ask(404, "GET", "/api/products/"+id, "")
	if next := p.begin(`{"buyers":10,"over":"1s"}`); p.watch(next, over).State != "done" {
		t.Error("none can begin after it")
	}
}

func TestRehearsalsThatBreakARule(t *testing.T) {
	p := start(t, t.TempDir())
	for body, field := range map[string]string{
		`{"buyers":0}`: "buyers", `{"buyers":100001}`: "buyers", `{"buyers":-1}`: "buyers",
		`{"over":"0s"}`: "over", `{"over":"61s"}`: "over", `{"over":"-5s"}`: "over",
		`{"quantity":0}`: "quantity", `{"quantity":100001}`: "quantity",
		`{"repeat_clickers":101}`: "repeat_clickers", `{"quitters":-1}`: "quitters",
	} {
		a := p.ask(422, "POST", "/api/rehearsals", body)
		var broke []sale.FieldError
		if err := json.Unmarshal(a.Errors, &broke); err != nil || len(broke) != 1 || broke[0].Field != field || broke[0].Rule == "" {
			t.Errorf("%s: %s", body, a.Errors)
		}
	}
	var list httpapi.RehearsalList
	if p.read("/api/rehearsals", &list); len(list.Rehearsals) > 0 || len(p.ask(200, "GET", "/api/products", "").Products) > 0 {
		t.Errorf("%+v", list)
	}
}

func TestFigures(t *testing.T) {
	p := start(t, t.TempDir())
	p.ask(201, "PUT", "/api/products/1", `{"quantity":1}`)
	p.buy(201, "a")
	p.buy(409, "b")
	var f httpapi.Figures
	for f.WindowS == 0 || f.AnswersPerS["placed"] == 0 { // until a window with the buys in it has ended
		p.read("/api/figures", &f)
	}
	if f.Process == "" || f.AnswersPerS["sold_out"] == 0 || f.Latency.Count < 2 || f.Latency.MaxMS <= 0 || *f.Records != 2 {
		t.Errorf("%+v", f)
	}
	for *f.Folded != 2 { // until the store has applied them
		p.read("/api/figures", &f)
	}
}

// The server's own buyers prove who they are, however others have to; and nothing but a
// rehearsal is sold to them.
func TestRehearsalsWhereBuyersAreKnown(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(keys, []byte(`{"kty":"oct","k":"`+strings.Repeat("A", 43)+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, buyers := range map[string]app.BuyerConfig{
		"jwt":    {Auth: app.BuyersByJWT, Keys: "file:" + keys, Issuer: "https://shop", Audience: "seckill", PassLife: time.Hour},
		"header": {Auth: app.BuyersByHeader, Header: "X-User", PassLife: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(t.TempDir())
			cfg.Buyers, cfg.Insecure, cfg.TrustedProxies = buyers, true, []string{"127.0.0.0/8"}
			p := startWith(t, cfg)
			r := p.watch(p.begin(`{"buyers":300,"over":"1s","quantity":20,"repeat_clickers":20,"quitters":10}`), over)
			if r.State != "done" || r.Placed < 20 || r.Errors > 0 || r.Answered != 300 || r.Paid == 0 || *r.Oversold != 0 || *r.Findings != 0 {
				t.Errorf("%+v", r)
			}
			p.ask(201, "PUT", "/api/products/1", `{"quantity":5}`)
			p.ask(401, "POST", "/api/products/1/orders", `{"user_id":"u1"}`)
		})
	}
}
