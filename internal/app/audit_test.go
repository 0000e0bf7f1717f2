package app

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"seckill/internal/verify"
)

func TestAnAuditTellsOfRecoveries(t *testing.T) {
	told := verify.Recovery{Partition: 3, At: "2026-06-01T00:00:00.000Z", Chunks: 2, Why: []string{"the log is gone"}, Words: "all of it"}
	sent := AuditReport(&verify.Report{Recovered: []verify.Recovery{told}}, time.Now())
	if len(sent.Recovered) != 1 || !reflect.DeepEqual(verify.Recovery(sent.Recovered[0]), told) {
		t.Errorf("%+v", sent)
	}
}

func TestAnAuditIsSentWithItsCodes(t *testing.T) {
	sent := AuditReport(&verify.Report{
		Checks:   []verify.Check{{Invariant: verify.Position, Code: "position_in_log", Args: []string{"3"}}},
		Findings: []verify.Finding{{Invariant: verify.Position, Code: "position_in_log", Args: []string{"3"}, Place: verify.Place{Code: "partition", Args: []string{"3"}, Words: "partition 3"}}},
		LeftOut:  []verify.Omission{{Invariant: verify.Fold, Code: "not_the_stores_log", Args: []string{"3"}}},
	}, time.Now())
	if c := sent.Checks[0]; c.Invariant != "position" || c.Code != "position_in_log" || !slices.Equal(c.Args, []string{"3"}) {
		t.Errorf("%+v", c)
	}
	if f := sent.Findings[0]; f.Invariant != "position" || f.Code != "position_in_log" || !slices.Equal(f.Args, []string{"3"}) ||
		f.Place != "partition 3" || f.PlaceCode != "partition" || !slices.Equal(f.PlaceArgs, []string{"3"}) {
		t.Errorf("%+v", f)
	}
	if o := sent.LeftOut[0]; o.Invariant != "fold" || o.Code != "not_the_stores_log" || !slices.Equal(o.Args, []string{"3"}) {
		t.Errorf("%+v", o)
	}
}
