package httpapi

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/sale"
)

// A History is a page of what operators did to a product.
type History struct {
	Entries []HistoryEntry `json:"entries" nullable:"false" doc:"The newest first"`
	Next    int64          `json:"next,omitempty,omitzero" doc:"Ask again with before=next; absent: that was all"`
}

// A HistoryEntry is what one operator did.
type HistoryEntry struct {
	Number  int64              `json:"number" doc:"1 to n in its product"`
	At      string             `json:"at" format:"date-time"`
	By      string             `json:"by" doc:"The name of the token"`
	What    string             `json:"what"`
	OrderID string             `json:"order_id,omitempty,omitzero" format:"uuid" doc:"Of what was done to an order or a payment"`
	Changes []sale.FieldChange `json:"changes" nullable:"false" doc:"From what to what; empty where the terms were put as they were, and of delete"`
}

type (
	historyInput struct {
		ProductRef
		OfOrder
		Before int64 `query:"before" minimum:"0" doc:"The number of the last entry that is known"`
		Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	}
	historyOutput struct{ Body History }
)

func historyBody(e *sale.HistoryEntry) (HistoryEntry, error) {
	b := HistoryEntry{Number: e.Number, At: sale.FormatTime(e.At), By: e.By, What: string(e.What)}
	if e.OrderID != (sale.OrderID{}) {
		b.OrderID = e.OrderID.String()
	}
	return b, json.Unmarshal([]byte(e.Changes), &b.Changes)
}

// history is there for a product that was deleted, too.
func (a *API) history(ctx context.Context, in *historyInput) (*historyOutput, error) {
	a.awaitStore(ctx)
	if _, err := a.Store.Product(ctx, string(in.ID)); err != nil {
		return nil, a.explain(err)
	}
	entries, err := a.Store.History(ctx, sale.HistoryQuery{Product: string(in.ID), Order: in.id(), Before: in.Before, Limit: in.Limit})
	if err != nil {
		return nil, a.explain(err)
	}
	page := History{Entries: make([]HistoryEntry, len(entries))}
	for i := range entries {
		if page.Entries[i], err = historyBody(&entries[i]); err != nil {
			return nil, a.explain(err)
		}
	}
	if n := len(entries); n == in.Limit && entries[n-1].Number > 1 {
		page.Next = entries[n-1].Number
	}
	return &historyOutput{page}, nil
}

func historyOperation() huma.Operation {
	return operation("GET", "/api/products/{id}/history", "get-history",
		"Who changed what, when, and from what to what; also of a product that was deleted", invalid, notFound, unavailable)
}

// documentDeeds writes the closed list of deeds into the document.
func documentDeeds(schemas map[string]*huma.Schema) {
	what := schemas["HistoryEntry"].Properties["what"]
	for _, d := range sale.Deeds {
		what.Enum = append(what.Enum, string(d))
	}
}
