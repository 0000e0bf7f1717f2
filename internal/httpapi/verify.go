package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// An AuditReport is what the audit said of the sale.
type AuditReport struct {
	JudgedAt string     `json:"judged_at" format:"date-time"`
	TookS    float64    `json:"took_s"`
	Products int64      `json:"products" doc:"Deleted ones included"`
	Orders   int64      `json:"orders" doc:"Rejected ones included"`
	Records  int64      `json:"records" doc:"Lines of the log that were read"`
	Checks   []Check    `json:"checks" nullable:"false" doc:"Each equation that was looked at"`
	Findings []Finding  `json:"findings" nullable:"false" doc:"Each that does not hold"`
	LeftOut  []Omission `json:"left_out" nullable:"false" doc:"Each that could not be judged"`
}

// A Check is an equation that was looked at.
type Check struct {
	Invariant string   `json:"invariant"`
	Product   string   `json:"product,omitempty,omitzero" doc:"Absent: of the whole"`
	Words     string   `json:"words"`
	Numbers   []Number `json:"numbers,omitempty,omitzero" nullable:"false"`
	Holds     bool     `json:"holds"`
}

// A Number is one part of an equation.
type Number struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// A Finding is an equation that does not hold.
type Finding struct {
	Invariant string   `json:"invariant"`
	Product   string   `json:"product,omitempty,omitzero" doc:"Absent: of the whole"`
	Place     string   `json:"place,omitempty,omitzero" doc:"Where to look"`
	Words     string   `json:"words"`
	Numbers   []Number `json:"numbers,omitempty,omitzero" nullable:"false"`
}

// An Omission is what could not be judged.
type Omission struct {
	Invariant string `json:"invariant"`
	Product   string `json:"product,omitempty,omitzero" doc:"Absent: of all"`
	Why       string `json:"why"`
}

type auditOutput struct{ Body AuditReport }

func (a *API) auditRoutes(api huma.API) {
	huma.Register(api, verifyOperation(), func(ctx context.Context, _ *struct{}) (*auditOutput, error) {
		v, err := a.Audit(ctx)
		if err == nil {
			return &auditOutput{v}, nil
		}
		p := a.explain(err)
		if p.kind == unavailable { // an operator may know what to do about it
			p = problem(notJudged)
			p.Detail = err.Error()
		}
		return nil, p
	})
}

func verifyOperation() huma.Operation {
	return forOperators(operation("POST", "/api/verify", "verify", "Judge the sale, now: its equations with their numbers", crossOrigin, notJudged))
}
