package app

import (
	"bytes"
	"log/slog"
	"regexp"
	"slices"
	"testing"
)

// Each flag by which another machine is reached without TLS is named, and no password is.
func TestServersWithoutTLSAreWarnedOf(t *testing.T) {
	const (
		redis, kafka, postgres = "rediss://:pw@redis:6379", "kafkas://kafka:9092", "postgres://u:pw@db/s?sslmode=verify-full"
	)
	for name, c := range map[string]struct {
		redis, kafka, postgres string
		want                   []string
	}{
		"all over TLS":               {redis, kafka, postgres, nil},
		"on this machine":            {"redis://:pw@localhost:6379", "127.0.0.1:9092,[::1]:9092", "postgres://u:pw@localhost/s?sslmode=disable", nil},
		"by sockets":                 {redis, kafka, "postgres://u:pw@/s?host=/run/postgresql", nil},
		"none over TLS":              {"redis://:pw@10.0.0.1:6379", "kafka:9092", "postgres://u:pw@db/s?sslmode=disable", []string{"redis", "kafka", "postgres"}},
		"Postgres, if it likes":      {redis, kafka, "postgres://u:pw@db/s", []string{"postgres"}},
		"a second broker":            {redis, "localhost:9092,kafka-2:9092", postgres, []string{"kafka"}},
		"a second node of Redis":     {"redis://:pw@localhost:6379?addr=redis-2:6379", kafka, postgres, []string{"redis"}},
		"a second host of Postgres":  {redis, kafka, "postgres://u:pw@localhost,db/s?sslmode=disable", []string{"postgres"}},
		"Kafka, though with a login": {redis, "kafka://u:pw@kafka:9092?sasl=plain", postgres, []string{"kafka"}},
	} {
		var log bytes.Buffer
		cfg := Config{Redis: c.redis, Kafka: c.kafka, Postgres: c.postgres, Log: slog.New(slog.NewTextHandler(&log, nil))}
		if err := cfg.checkServers(); err != nil {
			t.Fatal(err)
		}
		cfg.warnOfPlain()
		var got []string
		for _, flag := range regexp.MustCompile(`--(\w+) leads to another machine without TLS`).FindAllStringSubmatch(log.String(), -1) {
			got = append(got, flag[1])
		}
		if !slices.Equal(got, c.want) || bytes.Contains(log.Bytes(), []byte("pw")) {
			t.Errorf("%s: %v\n%s", name, got, log.String())
		}
	}
}
