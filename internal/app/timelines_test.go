package app_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
)

// What a sale's buyers were answered is there from its beginning, whoever watched, and
// outlives the program.
func TestATimelineOutlivesItsProgram(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":1}`)
	p.buy(201, "a")
	p.buy(409, "b")
	p.end()
	p = start(t, data)
	p.buy(409, "c")
	p.end()
	p = start(t, data)
	r, err := http.Get(p.url + "/api/products/1/timeline")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var got struct {
		Answers []struct{ Answers map[string]int }
		Latency struct{ Count int }
		Placed  []struct{ Number int }
	}
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	sum := map[string]int{}
	for _, stretch := range got.Answers {
		for answer, n := range stretch.Answers {
			sum[answer] += n
		}
	}
	if sum["placed"] != 1 || sum["sold_out"] != 2 || got.Latency.Count != 3 || len(got.Placed) != 1 {
		t.Errorf("%+v", got)
	}
}
