package httpapi

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/sale"
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
	Recovered []Recovery `json:"recovered,omitempty,omitzero" nullable:"false" doc:"The recoveries that the log remembers"`
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
	Code      string   `json:"code,omitempty,omitzero" doc:"What is broken, by a name that stays the same. Absent: kept by a version without codes"`
	Args      []string `json:"args,omitempty,omitzero" nullable:"false" doc:"What is particular to it, in the order of the words"`
	Product   string   `json:"product,omitempty,omitzero" doc:"Absent: of the whole"`
	Place     string   `json:"place,omitempty,omitzero" doc:"Where to look, in words"`
	PlaceCode string   `json:"place_code,omitempty,omitzero" doc:"The same by a name that stays the same"`
	PlaceArgs []string `json:"place_args,omitempty,omitzero" nullable:"false" doc:"What is particular to it, in the order of the words"`
	Words     string   `json:"words"`
	Numbers   []Number `json:"numbers,omitempty,omitzero" nullable:"false"`
}

// An Omission is what could not be judged.
type Omission struct {
	Invariant string   `json:"invariant"`
	Product   string   `json:"product,omitempty,omitzero" doc:"Absent: of all"`
	Code      string   `json:"code,omitempty,omitzero" doc:"Why, by a name that stays the same"`
	Args      []string `json:"args,omitempty,omitzero" nullable:"false" doc:"What is particular to it, in the order of the words"`
	Why       string   `json:"why" doc:"The same in words"`
}

// A Recovery is why a partition of the log begins with the state of the tables.
type Recovery struct {
	Partition int32    `json:"partition"`
	At        string   `json:"at" format:"date-time"`
	Chunks    int64    `json:"chunks" doc:"Records that the state takes"`
	Why       []string `json:"why" nullable:"false" doc:"What was wrong before, as the log has it"`
	Lost      []string `json:"lost,omitempty,omitzero" nullable:"false" doc:"What was lost, as the log has it"`
	Words     string   `json:"words" doc:"All of it in words"`
}

// documentEquations writes the closed lists of what the audit looks at.
func documentEquations(schemas map[string]*huma.Schema) {
	invariant := &huma.Schema{Type: "string", Description: "What has to hold"}
	for _, i := range verify.Invariants {
		invariant.Enum = append(invariant.Enum, string(i))
	}
	schemas["Invariant"] = invariant
	for _, name := range []string{"Check", "Finding", "Omission"} {
		schemas[name].Properties["invariant"] = &huma.Schema{Ref: "#/components/schemas/Invariant"}
	}
	list := func(name, description string, of ...verify.Statement) {
		s := &huma.Schema{Type: "string", Description: description}
		for _, one := range of {
			s.Enum = append(s.Enum, one.Code)
		}
		schemas[name] = s
	}
	list("Equation", "What is looked at to judge an invariant", verify.Equations...)
	list("Violation", "What speaks against an invariant, beside an equation that does not hold", verify.Violations...)
	list("LeftOut", "Why something could not be judged", verify.Omissions...)
	list("Place", "Where to look", verify.Places...)
	refer := func(schema, property string, to ...string) {
		p := &huma.Schema{Description: schemas[schema].Properties[property].Description}
		for _, name := range to {
			p.AnyOf = append(p.AnyOf, &huma.Schema{Ref: "#/components/schemas/" + name})
		}
		if len(to) == 1 {
			p.AnyOf, p.Ref = nil, p.AnyOf[0].Ref
		}
		schemas[schema].Properties[property] = p
	}
	refer("Check", "code", "Equation")
	refer("Finding", "code", "Equation", "Violation")
	refer("Finding", "place_code", "Place")
	refer("Omission", "code", "LeftOut")
}

type auditOutput struct{ Body AuditReport }

func (a *API) auditRoutes(api huma.API) {
	huma.Register(api, verifyOperation(), func(ctx context.Context, _ *struct{}) (*auditOutput, error) {
		v, err := a.audited(ctx)
		return answer(a, &auditOutput{v}, err)
	})
}

// audited is what the audit says now.
func (a *API) audited(ctx context.Context) (AuditReport, error) {
	v, err := a.Audit(ctx)
	if err == nil {
		return v, nil
	}
	p := a.explain(err)
	if p.kind == unavailable { // an operator may know what to do about it
		p = problem(notJudged)
		p.Detail, p.Reason = err.Error(), unjudged(err)
	}
	return v, p
}

// unjudged is why the audit could not judge.
func unjudged(err error) string {
	switch {
	case errors.Is(err, sale.ErrShut), errors.Is(err, sale.ErrNoGate), errors.Is(err, sale.ErrFenced):
		return "gates_away"
	case errors.Is(err, verify.ErrBehind):
		return "store_behind"
	}
	return "unreachable"
}

func verifyOperation() huma.Operation {
	return operation("POST", "/api/verify", "verify", "Judge the sale, now: its equations with their numbers", crossOrigin, notJudged)
}
