// Command plain is a flash sale as most projects write it, and what `make bench`
// measures seckill against: net/http, one Redis script a request, one Kafka record
// a request, and a consumer that writes rows in batches to Postgres. It is the
// same on two pairs of clients: `usual` and `batching`.
//
// It promises less. A buyer is answered when Kafka has the order, which may yet
// be no row. Between the script and Kafka an order can be lost with its unit, a
// Redis that comes back empty or older sells its units again, and nothing
// compares the three.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	listen := flag.String("listen", "localhost:3000", "HOST:PORT")
	redis := flag.String("redis", "", "URL")
	kafka := flag.String("kafka", "", "HOST:PORT,...")
	postgres := flag.String("postgres", "", "URL")
	which := flag.String("clients", "usual", "usual or batching")
	flag.Parse()
	ctx := context.Background()

	connect, known := map[string]func(context.Context, string, []string) (clients, error){"usual": newUsual, "batching": newBatching}[*which]
	if !known {
		log.Fatalf("-clients %s: usual or batching", *which)
	}
	c, err := connect(ctx, *redis, strings.Split(*kafka, ","))
	must(err)
	db, err := pgxpool.New(ctx, *postgres)
	must(err)
	_, err = db.Exec(ctx, table)
	must(err)

	s := &shop{clients: c, db: db}
	go func() { must(c.consume(ctx, s.write)) }()
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /api/products/{id}", s.put)
	mux.HandleFunc("GET /api/products/{id}", s.product)
	mux.HandleFunc("POST /api/products/{id}/orders", s.buy)
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("GET /metrics", promhttp.Handler())
	log.Fatal(http.ListenAndServe(*listen, mux))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
