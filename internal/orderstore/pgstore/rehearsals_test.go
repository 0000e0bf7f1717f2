package pgstore

import (
	"sync"
	"testing"
	"time"

	"seckill/internal/rehearsal"
	"seckill/internal/rehearsal/registrytest"
)

func TestRegistry(t *testing.T) {
	registrytest.Exercise(t, func(t *testing.T) (rehearsal.Registry, func() rehearsal.Registry) {
		address := schema(t)
		return opened(t, address).Rehearsals(time.Hour), func() rehearsal.Registry {
			psql(t, address)("UPDATE seckill_rehearsal SET seen = now() - interval '2 hours'")
			return opened(t, address).Rehearsals(time.Hour)
		}
	})
}

// TestOneRehearsalInAllProcesses that begin one at the same time.
func TestOneRehearsalInAllProcesses(t *testing.T) {
	address := schema(t)
	var all sync.WaitGroup
	others := make([]string, 8)
	for i := range others {
		s := opened(t, address).Rehearsals(time.Hour)
		all.Go(func() {
			var err error
			if others[i], err = s.Begin(t.Context(), "rehearsal-"+string(rune('a'+i)), []byte("{}")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	begun, told := 0, map[string]bool{}
	for _, other := range others {
		if other == "" {
			begun++
		} else {
			told[other] = true
		}
	}
	if begun != 1 || len(told) != 1 {
		t.Errorf("%d have begun: %q", begun, others)
	}
}
