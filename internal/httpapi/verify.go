package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/verify"
)

// An AuditReport is what the audit said of the sale.
type AuditReport struct {
	JudgedAt  string     `json:"judged_at" format:"date-time"`
	TookS     float64    `json:"took_s"`
	Products  int64      `json:"products" doc:"Deleted ones included"`
	Orders    int64      `json:"orders" doc:"Rejected ones included"`
	Records   int64      `json:"records" doc:"Lines of the log that were read"`
	Checks    []Check    `json:"checks" nullable:"false" doc:"Each equation that was looked at"`
	Findings  []Finding  `json:"findings" nullable:"false" doc:"Whatever speaks against an invariant"`
	LeftOut   []Omission `json:"left_out" nullable:"false" doc:"Whatever could not be judged"`
	Recovered []string   `json:"recovered,omitempty,omitzero" nullable:"false" doc:"The recoveries that the log remembers: when, from where, and what was lost"`
}

// A Check is an equation that was looked at.
type Check struct {
	Invariant string   `json:"invariant"`
	Code      string   `json:"code,omitempty,omitzero" doc:"The equation, by a name that stays the same. Absent: kept by a version without codes"`
	Args      []string `json:"args,omitempty,omitzero" nullable:"false" doc:"What is particular to it, as the partition, in the order of the words"`
	Product   string   `json:"product,omitempty,omitzero" doc:"Absent: of the whole"`
	Words     string   `json:"words" doc:"The same in words"`
	Numbers   []Number `json:"numbers,omitempty,omitzero" nullable:"false"`
	Holds     bool     `json:"holds"`
}

// A Number is one part of an equation.
type Number struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// A Finding is what speaks against an invariant: an equation that does not hold, or what was met in its place.
type Finding struct {
	Invariant string   `json:"invariant"`
	Code      string   `json:"code,omitempty,omitzero" doc:"The equation that does not hold, if it is one"`
	Args      []string `json:"args,omitempty,omitzero" nullable:"false" doc:"What is particular to it, in the order of the words"`
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

// documentEquations writes the closed lists of what the audit looks at.
func documentEquations(schemas map[string]*huma.Schema) {
	invariant := &huma.Schema{Type: "string", Description: "What has to hold"}
	for _, i := range verify.Invariants {
		invariant.Enum = append(invariant.Enum, string(i))
	}
	equation := &huma.Schema{Type: "string", Description: "What is looked at to judge an invariant"}
	for _, e := range verify.Equations {
		equation.Enum = append(equation.Enum, e.Code)
	}
	schemas["Invariant"], schemas["Equation"] = invariant, equation
	for _, name := range []string{"Check", "Finding", "Omission"} {
		of := schemas[name].Properties
		of["invariant"] = &huma.Schema{Ref: "#/components/schemas/Invariant"}
		if code := of["code"]; code != nil {
			of["code"] = &huma.Schema{Ref: "#/components/schemas/Equation", Description: code.Description}
		}
	}
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
	return operation("POST", "/api/verify", "verify", "Judge the sale, now: its equations with their numbers", crossOrigin, notJudged)
}
