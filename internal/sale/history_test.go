package sale

import (
	"slices"
	"testing"
	"time"
)

// by is a record that an operator caused.
func by(name string, r Record) Record {
	r.By = name
	return r
}

var anEntry = HistoryEntry{ProductID: "p", Number: 1, At: written, By: "ann", What: DeedPay, OrderID: OrderID{7}, Changes: `[{"field":"status","from":"placed","to":"paid"}]`}

// Who did what, when, from what to what: of whatever took effect and names somebody, also
// across a deletion.
func TestHistory(t *testing.T) {
	more := opening(2, 9, 1)
	more.Terms.Name, more.Terms.Paused, more.Terms.Price = `"<9>"`, true, Price{1999, "EUR"}
	closed := opening(4, 9, 1)
	closed.Terms.Closed = true
	s := NewState(Product{ID: "p"})
	for i, r := range []Record{
		by("ann", opening(1, 5, 1)),
		by("ann", opening(1, 7, 1)), // stale
		buy(1, 1, "u"), buy(1, 2, "v"), buy(1, 3, "w"),
		by("till", pay(1)),
		by("till", pay(1)), // refused
		cancel(2),          // the buyer's own
		by("bob", cancel(3)),
		by("bob", more),
		opening(3, 8, 1), // nobody's: a gate was lost
		by("bob", closed),
		by("ann", deletion(5)),
		by("ann", opening(6, 1, 1)),
		by("ann", opening(7, 1, 1)),
	} {
		Fold(s, r, Position{Offset: int64(i)}, stored)
	}
	status := func(to string) string { return `[{"field":"status","from":"placed","to":"` + to + `"}]` }
	want := []HistoryEntry{
		{By: "ann", What: DeedPut, Changes: `[{"field":"limit_per_user","to":"1"},{"field":"payment_window","to":"1m0s"},{"field":"quantity","to":"5"}]`},
		{By: "till", What: DeedPay, At: pay(1).At, OrderID: pay(1).OrderID, Changes: status("paid")},
		{By: "bob", What: DeedCancel, At: pay(1).At, OrderID: cancel(3).OrderID, Changes: status("cancelled")},
		{By: "bob", What: DeedChange, Changes: `[{"field":"name","to":"\"\u003c9\u003e\""},{"field":"paused","to":"true"},{"field":"price","to":"1999 EUR"},{"field":"quantity","from":"5","to":"9"}]`},
		{By: "bob", What: DeedChange, Changes: `[{"field":"closed","to":"true"},{"field":"quantity","from":"8","to":"9"}]`},
		{By: "ann", What: DeedDelete, Changes: `[]`},
		{By: "ann", What: DeedPut, Changes: `[{"field":"limit_per_user","to":"1"},{"field":"payment_window","to":"1m0s"},{"field":"quantity","to":"1"}]`},
		{By: "ann", What: DeedChange, Changes: `[]`},
	}
	for i := range want {
		want[i].ProductID, want[i].Number = "p", int64(i+1)
		if want[i].At.IsZero() {
			want[i].At = written
		}
	}
	if got := s.History(); !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			t.Errorf("%+v\n\tand wanted %+v", got[min(i, len(got)-1)], want[min(i, len(want)-1)])
		}
	}
	if s.Product.LastEntry != int64(len(want)) {
		t.Errorf("%d entries", s.Product.LastEntry)
	}
	if s.ForgetChanges(); len(s.History()) != 0 {
		t.Error("what was written is written again")
	}
}

// A refused opening has changed nothing.
func TestHistoryOfRefusals(t *testing.T) {
	s := NewState(Product{ID: "p"})
	for i, r := range []Record{opening(1, 2, 1), buy(1, 1, "u"), buy(1, 2, "v"), by("ann", opening(2, 1, 1)), by("ann", deletion(3))} {
		Fold(s, r, Position{Offset: int64(i)}, stored)
	}
	if len(s.History()) != 0 || s.Product.LastEntry != 0 {
		t.Errorf("%+v", s.History())
	}
}

// A state brings a history, and every entry of it makes sense.
func TestHistoryOfAState(t *testing.T) {
	r := stateOf()
	r.Chunk.Product.LastEntry = 1
	put := anEntry
	put.What, put.OrderID, put.At, put.Changes = DeedPut, OrderID{}, written.Add(time.Millisecond), `[]`
	r.Chunk.History = []HistoryEntry{put, anEntry}
	got, err := ParseRecord(KindState, Version, r.Epoch, r.AppendBody(nil))
	if err != nil || !slices.Equal(got.Chunk.History, r.Chunk.History) || got.Chunk.Product.LastEntry != 1 {
		t.Fatalf("%+v, %v", got.Chunk, err)
	}
	s := NewState(Product{ID: r.ProductID})
	if out := Fold(s, got, Position{Offset: got.Chunk.Number - 1}, stored); out != Applied || !slices.Equal(s.History(), r.Chunk.History) {
		t.Errorf("%s, %+v", out, s.History())
	}
	for what, change := range map[string]func(e *HistoryEntry){
		"nobody": func(e *HistoryEntry) { e.By = "" }, "no name": func(e *HistoryEntry) { e.By = "a b" }, "no deed": func(e *HistoryEntry) { e.What = "blue" },
		"no number": func(e *HistoryEntry) { e.Number = 0 }, "other changes": func(e *HistoryEntry) { e.Changes = `{}` }, "no changes": func(e *HistoryEntry) { e.Changes = `null` },
		"no time": func(e *HistoryEntry) { e.At = time.Time{} },
	} {
		wrong := anEntry
		change(&wrong)
		r.Chunk.History = []HistoryEntry{wrong}
		if _, err := ParseRecord(KindState, Version, r.Epoch, r.AppendBody(nil)); err == nil {
			t.Errorf("%s: it was taken", what)
		}
	}
	r.Chunk.History = slices.Repeat([]HistoryEntry{anEntry}, MaxChunkHistory+1)
	if _, err := ParseRecord(KindState, Version, r.Epoch, r.AppendBody(nil)); err == nil {
		t.Error("a chunk has as many as one likes")
	}
}
