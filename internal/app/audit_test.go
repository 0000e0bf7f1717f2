package app

import (
	"slices"
	"testing"
	"time"

	"seckill/internal/verify"
)

func TestAnAuditTellsOfRecoveries(t *testing.T) {
	told := []string{"2026-06-01: the log was begun anew from the tables"}
	if sent := AuditReport(&verify.Report{Recovered: told}, time.Now()); !slices.Equal(sent.Recovered, told) {
		t.Errorf("%+v", sent)
	}
}

func TestAnAuditIsSentWithTheCodesOfItsEquations(t *testing.T) {
	sent := AuditReport(&verify.Report{
		Checks:   []verify.Check{{Invariant: verify.Position, Code: "position_in_log", Args: []string{"3"}}},
		Findings: []verify.Finding{{Invariant: verify.Position, Code: "position_in_log", Args: []string{"3"}}},
	}, time.Now())
	if c := sent.Checks[0]; c.Invariant != "position" || c.Code != "position_in_log" || !slices.Equal(c.Args, []string{"3"}) {
		t.Errorf("%+v", c)
	}
	if f := sent.Findings[0]; f.Invariant != "position" || f.Code != "position_in_log" || !slices.Equal(f.Args, []string{"3"}) {
		t.Errorf("%+v", f)
	}
}
