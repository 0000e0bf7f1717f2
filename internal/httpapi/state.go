package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	lru "github.com/hashicorp/golang-lru/v2"

	"seckill/internal/sale"
)

const (
	// stateAge is for how long a state is told before the gate is asked again, and for how long others keep it.
	stateAge = time.Second
	// statesKept is of how many products.
	statesKept = 10_000
)

// A ProductState is what anybody may know of a product.
type ProductState struct {
	ID       string `json:"id"`
	State    string `json:"state" enum:"opening,not_open,on_sale,sold_out,paused,closed" doc:"opening: its gate is shut for a moment"`
	OpensAt  string `json:"opens_at,omitempty,omitzero" format:"date-time"`
	ClosesAt string `json:"closes_at,omitempty,omitzero" format:"date-time"`
}

// states are those that were told last. The terms of a product are those of its epoch, so that only the gate is asked
// for as long as that is the same.
type states struct {
	of *lru.Cache[string, *keptState]
}

type keptState struct {
	mu   sync.Mutex // held to look
	at   time.Duration
	body []byte // nil: nothing is kept yet
	tag  string
	of   sale.Product // as of its epoch; only Terms and Epoch count
}

func newStates() states {
	of, err := lru.New[string, *keptState](statesKept)
	if err != nil {
		panic(err) // the size is ours
	}
	return states{of}
}

// state tells everybody the same, who may keep it for a second.
func (a *API) state(ctx context.Context, in *ProductRef) (*huma.StreamResponse, error) {
	body, tag, err := a.lookState(ctx, string(in.ID))
	if err != nil {
		return nil, a.explain(err)
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=1")
		h.Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}}, nil
}

func (a *API) lookState(ctx context.Context, id string) (body []byte, tag string, err error) {
	k, ok := a.states.of.Get(id)
	if !ok {
		k = &keptState{}
		if before, there, _ := a.states.of.PeekOrAdd(id, k); there { // whoever comes at the same time looks once
			k = before
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.body != nil && a.elapsed()-k.at < stateAge {
		return k.body, k.tag, nil
	}
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	at := a.elapsed()
	p := k.of
	view, away := a.Gates.Counter(ctx, id)
	if k.body == nil || away != nil || view.Shut || view.Epoch != p.Epoch {
		if p, err = a.product(ctx, id); err != nil {
			a.states.of.Remove(id)
			return nil, "", err
		}
	}
	state, _ := a.phase(&p, view, away)
	told := ProductState{ID: id, State: string(state), OpensAt: sale.FormatTime(p.Terms.OpensAt), ClosesAt: sale.FormatTime(p.Terms.ClosesAt)}
	k.body = must(json.Marshal(&told))
	sum := sha256.Sum256(k.body)
	k.at, k.of, k.tag = at, p, `"`+hex.EncodeToString(sum[:12])+`"`
	return k.body, k.tag, nil
}

// phase is where a product stands by what its gate counts, or, where nobody can ask that, by the store, and the time then.
// One that is closed is so whether its gate is open or not.
func (a *API) phase(p *sale.Product, view GateView, err error) (sale.Phase, time.Time) {
	shut := errors.Is(err, sale.ErrNoGate) || errors.Is(err, sale.ErrShut) || err == nil && view.Shut
	if err == nil && !shut {
		return p.Terms.PhaseAt(view.Now, view.Remaining), view.Now
	}
	now := a.Now()
	if shut && !p.Terms.ClosedAt(now) {
		return sale.Opening, now
	}
	return p.Terms.PhaseAt(now, p.Terms.Quantity-p.Held), now
}

func stateOperation(api huma.API) huma.Operation {
	op := operation("GET", "/api/products/{id}/state", "get-state",
		"Its state alone, the same for everybody: may be kept for a second, and asked for again with If-None-Match", invalid, notFound, unavailable)
	op.Responses["304"] = &huma.Response{Description: "As it was, by If-None-Match"}
	return gives(api, op, http.StatusOK, "OK", "application/json", ProductState{})
}
