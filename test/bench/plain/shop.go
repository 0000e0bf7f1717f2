package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
)

// clients are how a shop reaches Redis and Kafka.
type clients interface {
	put(ctx context.Context, product string, quantity int64) error
	// take runs the script once, and returns its verdict.
	take(ctx context.Context, product, user string) (int64, error)
	// produce returns when all replicas have the order.
	produce(ctx context.Context, user string, order []byte) error
	// consume writes orders, at most so many at once, and then tells Kafka so.
	consume(context.Context, write) error
}

type write func(ctx context.Context, orders [][]byte) error

const (
	partitions = 12
	most       = 1000 // orders written at once
)

type shop struct {
	clients
	db   *pgxpool.Pool
	rows atomic.Int64 // that are committed
}

type order struct {
	ID      string `json:"order_id"`
	Product string `json:"product_id"`
	User    string `json:"user_id"`
	Status  string `json:"status"`
}

const (
	bought    = 0
	soldOut   = 1
	alreadyIn = 2
)

const take = `
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then return 2 end
if tonumber(redis.call('GET', KEYS[1]) or '0') <= 0 then return 1 end
redis.call('DECR', KEYS[1])
redis.call('SADD', KEYS[2], ARGV[1])
return 0`

func stock(product string) string { return "plain:{" + product + "}:stock" }
func users(product string) string { return "plain:{" + product + "}:users" }

func (s *shop) buy(w http.ResponseWriter, r *http.Request) {
	o := order{ID: newID(), Product: r.PathValue("id"), Status: "placed"}
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || o.User == "" {
		answer(w, http.StatusBadRequest, map[string]string{"type": "/problems/malformed"})
		return
	}
	verdict, err := s.take(r.Context(), o.Product, o.User)
	switch {
	case err != nil:
		answer(w, http.StatusServiceUnavailable, map[string]string{"type": "/problems/unavailable"})
		return
	case verdict == soldOut:
		answer(w, http.StatusConflict, map[string]string{"type": "/problems/sold_out"})
		return
	case verdict == alreadyIn:
		answer(w, http.StatusConflict, map[string]string{"type": "/problems/already_bought"})
		return
	}
	value, _ := json.Marshal(o) // of strings only
	if err := s.produce(r.Context(), o.User, value); err != nil {
		answer(w, http.StatusServiceUnavailable, map[string]string{"type": "/problems/unavailable"})
		return
	}
	answer(w, http.StatusCreated, o)
}

func (s *shop) put(w http.ResponseWriter, r *http.Request) {
	var terms struct {
		Quantity int64 `json:"quantity"`
	}
	if err := json.NewDecoder(r.Body).Decode(&terms); err != nil {
		answer(w, http.StatusBadRequest, nil)
		return
	}
	if err := s.clients.put(r.Context(), r.PathValue("id"), terms.Quantity); err != nil {
		answer(w, http.StatusServiceUnavailable, nil)
		return
	}
	s.rows.Store(0)
	answer(w, http.StatusCreated, nil)
}

// product says how many orders became rows since a product was put.
func (s *shop) product(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]int64{"placed": s.rows.Load()})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who is gone needs no answer
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
