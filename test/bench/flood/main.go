// Command flood sends buyers each from an address of their own, and beside them others who all come from one, as a proxy that
// the server trusts would pass them on. It says what became of both, as JSON.
//
//	flood URL PRODUCT HONEST FLOOD OVER
//
// HONEST and FLOOD are how many, over so long a time.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	"seckill/internal/rush"
)

func main() {
	over, err := time.ParseDuration(os.Args[5])
	check(err)
	var reports struct{ Honest, Flood *rush.Report }
	var both sync.WaitGroup
	send := func(count string, into **rush.Report, from func(i int) string) {
		buyers, err := strconv.Atoi(count)
		check(err)
		if buyers == 0 {
			return
		}
		both.Go(func() {
			r, err := rush.Run(context.Background(), rush.Config{URL: os.Args[1], Product: os.Args[2], Buyers: buyers, Over: over, Connections: 64, Credentials: user, From: from}, nil)
			check(err)
			*into = &r
		})
	}
	send(os.Args[3], &reports.Honest, func(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255) })
	send(os.Args[4], &reports.Flood, func(int) string { return "203.0.113.7" })
	both.Wait()
	check(json.NewEncoder(os.Stdout).Encode(reports))
}

func user(i int) (user, pass string) { return rush.UserID(1, i), "" }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
