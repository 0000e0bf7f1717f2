package app

import (
	"context"
	"encoding/json"
	"math"
	"sync/atomic"
	"time"

	"seckill/internal/httpapi"
	"seckill/internal/rehearsal"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// auditWithin is how long an operator waits for an audit. A sale of a million
// orders takes seconds.
const auditWithin = 2 * time.Minute

// An auditor judges the sale that runs, once at a time: each audit reads the whole log.
type auditor struct {
	parts verify.Parts
	busy  chan struct{} // holds the audit under way
	made  atomic.Pointer[judged]
}

// judged is what came of the last audit.
type judged struct {
	findings int
	at       time.Time
}

func newAuditor(p verify.Parts) *auditor { return &auditor{parts: p, busy: make(chan struct{}, 1)} }

// last is how many findings the last audit had, and when it ended, in seconds; no
// numbers before there was one.
func (a *auditor) last() (findings, at float64) {
	made := a.made.Load()
	if made == nil {
		return math.NaN(), math.NaN()
	}
	return float64(made.findings), float64(made.at.UnixMilli()) / 1000
}

func (a *auditor) audit(ctx context.Context) (verify.Report, error) {
	select {
	case a.busy <- struct{}{}:
		defer func() { <-a.busy }()
	case <-ctx.Done():
		return verify.Report{}, ctx.Err()
	}
	report, err := verify.Live(ctx, a.parts)
	if err == nil {
		a.made.Store(&judged{len(report.Findings), time.Now()})
	}
	return report, err
}

// audit judges the sale, for an operator.
func (p *Program) audit(ctx context.Context) (httpapi.AuditReport, error) {
	ctx, cancel := context.WithTimeout(ctx, auditWithin)
	defer cancel()
	began := time.Now()
	report, err := p.auditor.audit(ctx)
	return AuditReport(&report, began), err
}

// auditRehearsal judges the sale, and keeps only what is about the rehearsal's product
// or the whole.
func (p *Program) auditRehearsal(ctx context.Context, product string) (rehearsal.Audit, error) {
	began := time.Now()
	report, err := p.auditor.audit(ctx)
	if err != nil {
		return rehearsal.Audit{}, err
	}
	v := aboutRehearsal(AuditReport(&report, began), product)
	document, err := json.Marshal(v)
	return rehearsal.Audit{Findings: len(v.Findings), Document: document}, err
}

func aboutRehearsal(v httpapi.AuditReport, product string) httpapi.AuditReport {
	v.Checks = about(v.Checks, product, func(c httpapi.Check) string { return c.Product })
	v.Findings = about(v.Findings, product, func(f httpapi.Finding) string { return f.Product })
	v.LeftOut = about(v.LeftOut, product, func(o httpapi.Omission) string { return o.Product })
	return v
}

func about[T any](all []T, product string, of func(T) string) (some []T) {
	for _, one := range all {
		if of(one) == product || of(one) == "" {
			some = append(some, one)
		}
	}
	return some
}

// AuditReport is a report as POST /api/verify sends it.
func AuditReport(r *verify.Report, began time.Time) httpapi.AuditReport {
	v := httpapi.AuditReport{
		JudgedAt: sale.FormatTime(began), TookS: time.Since(began).Seconds(),
		Products: r.Products, Orders: r.Orders, Records: r.Records,
	}
	for _, c := range r.Checks {
		v.Checks = append(v.Checks, httpapi.Check{
			Invariant: string(c.Invariant), Code: c.Code, Args: c.Args, Product: c.Product, Words: c.Words, Numbers: numbers(c.Numbers), Holds: c.Holds,
		})
	}
	for _, f := range r.Findings {
		v.Findings = append(v.Findings, httpapi.Finding{
			Invariant: string(f.Invariant), Code: f.Code, Args: f.Args, Product: f.Product, Place: f.Place.Words, PlaceCode: f.Place.Code, PlaceArgs: f.Place.Args, Words: f.Words, Numbers: numbers(f.Numbers),
		})
	}
	for _, o := range r.LeftOut {
		v.LeftOut = append(v.LeftOut, httpapi.Omission{Invariant: string(o.Invariant), Product: o.Product, Code: o.Code, Args: o.Args, Why: o.Why})
	}
	for _, one := range r.Recovered {
		v.Recovered = append(v.Recovered, httpapi.Recovery(one))
	}
	return v
}

func numbers(all []verify.Number) (named []httpapi.Number) {
	for _, n := range all {
		named = append(named, httpapi.Number(n))
	}
	return named
}
