package app

import (
	"slices"
	"testing"
)

// Between the last server's answer and the opening of the gates nothing is sold: a
// process that said it is ready then answered 503 to whoever came.
func TestAProcessWhoseServersAreThereIsNotReadyYet(t *testing.T) {
	w := waits{away: map[string]error{redis: errNotYet, kafka: errNotYet, postgres: errNotYet}}
	for _, server := range []string{redis, kafka, postgres} {
		if names := w.names(t.Context()); !slices.Contains(names, server+" (not connected yet)") {
			t.Fatalf("missing: %q", names)
		}
		w.note(server, nil)
	}
	if names := w.names(t.Context()); !slices.Equal(names, []string{"the gates are not open yet"}) {
		t.Fatalf("with all servers there, missing: %q", names)
	}
}
