package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"seckill/internal/httpapi"
	"seckill/internal/rehearsal"
	"seckill/internal/rush"
	"seckill/internal/sale"
)

// newRunner is where this process runs its rehearsals.
func (p *Program) newRunner() *rehearsal.Runner {
	return rehearsal.New(rehearsal.Parts{
		Registry: p.mode.registry(), Merchant: p.opener, Store: p.keepers.store, Audit: p.auditRehearsal,
		URL: scheme(p.pair != nil) + reachable(p.Addr()), TLS: p.ownTLS(), Pay: p.operators.Pass, Pass: p.rehearsalPass(), News: func(id string) { p.hub.Wake(id) }, Now: time.Now,
		NewID: func() string { return strings.ToLower(rand.Text()[:4]) },
		// Both ends of each are files of this process, and the limit leaves an eighth of those.
		Connections: min(rush.DefaultConnections, max(1, p.cfg.maxConnections()/16)),
	})
}

// reachable is where this machine reaches what listens at an address.
func reachable(a net.Addr) string {
	tcp := *a.(*net.TCPAddr)
	if tcp.IP.IsUnspecified() {
		tcp.IP = net.IPv4(127, 0, 0, 1) // an unspecified IPv6 address listens on both
	}
	return tcp.String()
}

// rehearsals is a runner, as httpapi asks for it.
type rehearsals struct{ runner *rehearsal.Runner }

func (r rehearsals) Begin(ctx context.Context, by string, p httpapi.RehearsalPlan) (httpapi.Rehearsal, error) {
	begun, err := r.runner.Begin(ctx, by, rehearsal.Plan{
		Buyers: int(p.Buyers), Over: p.Over, Quantity: p.Quantity,
		RepeatClickers: int(p.RepeatClickers), Quitters: int(p.Quitters),
	})
	if busy, ok := errors.AsType[rehearsal.Busy](err); ok {
		err = httpapi.RehearsalRunning{ID: busy.ID}
	}
	return shown(&begun), err
}

func (r rehearsals) All(ctx context.Context) ([]httpapi.Rehearsal, error) {
	kept, err := r.runner.All(ctx)
	all := make([]httpapi.Rehearsal, len(kept))
	for i := range kept {
		all[i] = shown(&kept[i])
	}
	return all, err
}

func (r rehearsals) Find(ctx context.Context, id string) (httpapi.Rehearsal, error) {
	found, report, err := r.runner.Find(ctx, id)
	whole := shown(&found)
	if report != nil {
		whole.Timeline = &httpapi.Timeline{CellS: report.TimelineCellS, Cells: make([]map[string]int64, len(report.Timeline))}
		for i, cell := range report.Timeline {
			whole.Timeline.Cells[i] = named(cell)
		}
	}
	if found.Audited {
		var v httpapi.AuditReport
		if json.Unmarshal(found.Audit.Document, &v) == nil { // by an older version, it may be of another shape
			whole.Verdict = &v
		}
	}
	return whole, err
}

func (r rehearsals) Remove(ctx context.Context, id, by string) error {
	return r.runner.Remove(ctx, id, by)
}

func (r rehearsals) Report(ctx context.Context, id string, w io.Writer) error {
	_, report, err := r.runner.Find(ctx, id)
	if err != nil {
		return err
	}
	if report == nil {
		return sale.ErrNotFound
	}
	return report.WriteHTML(w)
}

// shown is a rehearsal as it is sent, but for its timeline and verdict.
func shown(r *rehearsal.Rehearsal) httpapi.Rehearsal {
	b := httpapi.Rehearsal{
		ID: r.ID, State: string(r.State), Failure: string(r.Failure), Reason: r.Reason,
		Buyers: int64(r.Plan.Buyers), Over: r.Plan.Over.String(), Quantity: r.Plan.Quantity,
		RepeatClickers: int64(r.Plan.RepeatClickers), Quitters: int64(r.Plan.Quitters),
		StartedAt: sale.FormatTime(r.StartedAt), EndedAt: sale.FormatTime(r.EndedAt),
		ElapsedS: r.Rush.Elapsed.Seconds(), Sent: r.Rush.Sent, Answered: r.Rush.Answered, Errors: r.Rush.Errors,
		Answers: named(r.Rush.Answers), Placed: r.Placed, Repeats: named(r.Rush.Repeats),
		Paid: r.Rush.Paid, Quit: r.Rush.Quit, Unpaid: r.Rush.Unpaid, Expired: r.Expired,
		Latency: httpapi.Latency(r.Rush.Latency), Report: r.Reported,
	}
	if window := r.Plan.PaymentWindow(); window > 0 {
		b.PaymentWindow = window.String()
	}
	if r.Audited {
		b.Oversold, b.Findings = &r.Oversold, &r.Audit.Findings
	}
	return b
}

func named(counts map[rush.Kind]int64) map[string]int64 {
	names := make(map[string]int64, len(counts))
	for k, n := range counts {
		names[k.String()] = n
	}
	return names
}
