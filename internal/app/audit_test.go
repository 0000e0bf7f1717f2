package app

import (
	"fmt"
	"testing"

	"seckill/internal/httpapi"
)

// A rehearsal's verdict speaks of the rehearsal: what is wrong with another sale is said there.
func TestAVerdictSpeaksOfTheRehearsal(t *testing.T) {
	v := aboutRehearsal(httpapi.AuditReport{
		Checks:   []httpapi.Check{{Product: "1"}, {Product: "rehearsal-a"}, {}},
		Findings: []httpapi.Finding{{Product: "1"}, {Product: "rehearsal-a"}, {}},
		LeftOut:  []httpapi.Omission{{Product: "1"}, {Product: "rehearsal-a"}, {}},
	}, "rehearsal-a")
	of := func(n int, product func(i int) string) (all []string) {
		for i := range n {
			all = append(all, product(i))
		}
		return all
	}
	for part, got := range map[string][]string{
		"checks":   of(len(v.Checks), func(i int) string { return v.Checks[i].Product }),
		"findings": of(len(v.Findings), func(i int) string { return v.Findings[i].Product }),
		"left out": of(len(v.LeftOut), func(i int) string { return v.LeftOut[i].Product }),
	} {
		if fmt.Sprintf("%q", got) != `["rehearsal-a" ""]` {
			t.Errorf("%s: %q", part, got)
		}
	}
}
