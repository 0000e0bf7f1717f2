package rush

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// shop is a server that answers by the API as its test wants.
type shop struct {
	URL   string
	mu    sync.Mutex
	users []string     // who bought, in order of arrival
	opens atomic.Int64 // connections that were opened
}

// newShop has product "1". buy answers the n-th order, from 0.
func newShop(t *testing.T, buy func(w http.ResponseWriter, n int)) *shop {
	return newShopWith(t, http.NewServeMux(), buy)
}

// newShopWith has further routes.
func newShopWith(t *testing.T, mux *http.ServeMux, buy func(w http.ResponseWriter, n int)) *shop {
	s := &shop{}
	mux.HandleFunc("GET /api/products/1", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"id":"1","price":{"amount":1999,"currency":"EUR"},"payment_window":"10ms"}`)
	})
	mux.HandleFunc("POST /api/products/1/orders", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			UserID string `json:"user_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		s.mu.Lock()
		n := len(s.users)
		s.users = append(s.users, body.UserID)
		s.mu.Unlock()
		buy(w, n)
	})
	server := httptest.NewUnstartedServer(mux)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.opens.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// problem answers as the API's error table does.
func problem(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"/problems/%s","title":"…","status":%d}`, kind, status)
}

func placed(w http.ResponseWriter) {
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"order_id":"o","status":"placed"}`)
}
