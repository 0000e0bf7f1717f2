package pgstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"seckill/internal/sale"
)

const (
	// connections bounds the pool, if the URL does not: each partition may have
	// a batch under way here, and readers must not wait behind those.
	connections = 16
	// stall is how long a process may leave a batch half done before the server
	// takes the row of its position from it.
	stall = "5s"
)

// settings are those of every session. Plans are made once, perhaps for a
// table of ten rows, and used when it has a million: so none may walk a table, or
// gather and sort, if an index gives what is asked for, in its order, whatever
// that seems to cost today.
var settings = map[string]string{
	"timezone":                            "UTC",
	"plan_cache_mode":                     "force_generic_plan",
	"enable_seqscan":                      "off",
	"enable_sort":                         "off",
	"jit":                                 "off", // what is off but has to be done has a price, on paper, that would start it
	"idle_in_transaction_session_timeout": stall,
}

// CheckURL says what is wrong with a URL, and never its password.
func CheckURL(url string) error {
	_, err := parse(url)
	return err
}

// parse reads a URL. The library's error repeats what may be the password where no URL could be read.
func parse(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err == nil {
		return config, nil
	}
	parts := strings.Split(err.Error(), "`: ") // cannot parse `the URL, with its password left out`: why
	why := parts[len(parts)-1]
	if strings.HasPrefix(why, "failed to parse as ") {
		why = "it cannot be read; of a password, whatever is no letter and no digit is percent-encoded"
	}
	return nil, errors.New("must be as postgres://seckill@localhost/seckill: " + why)
}

// Plain returns where a URL may lead without TLS, each as HOST:PORT: by sslmode prefer, which is libpq's default, a server says
// whether it does.
func Plain(url string) (plain []string) {
	config, err := pgconn.ParseConfig(url)
	if url == "" || err != nil {
		return nil
	}
	for _, to := range append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...) {
		if network, at := pgconn.NetworkAddress(to.Host, to.Port); to.TLSConfig == nil && network == "tcp" {
			plain = append(plain, at)
		}
	}
	return plain
}

// configure reads a URL. What connections begin with is what PgBouncer lets pass of it: session are all
// other settings, ours if the URL has no others.
func configure(url string) (config *pgxpool.Config, session map[string]string, err error) {
	config, err = parse(url)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: order store: the URL %w", sale.ErrUnavailable, err)
	}
	if plain, err := pgx.ParseConfig(url); err == nil && plain.RuntimeParams["pool_max_conns"] == "" {
		config.MaxConns = connections
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	// A snapshot waits as long as its server lives, and no longer.
	alive := net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}
	config.ConnConfig.DialFunc = (&net.Dialer{KeepAliveConfig: alive}).DialContext
	config.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		c.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}
	session = maps.Clone(settings)
	begin := map[string]string{"application_name": "seckill"}
	for name, value := range config.ConnConfig.RuntimeParams {
		switch name {
		case "application_name", "options", "replication": // the last two are no settings
			begin[name] = value
		default:
			session[name] = value
		}
	}
	config.ConnConfig.RuntimeParams = begin
	return config, session, nil
}

// setter makes the settings of a session as soon as the connection is there.
func setter(session map[string]string, within time.Duration) pgconn.AfterConnectFunc {
	var calls []string
	var args [][]byte
	for name, value := range session {
		args = append(args, []byte(name), []byte(value))
		calls = append(calls, fmt.Sprintf("set_config($%d, $%d, false)", len(args)-1, len(args)))
	}
	sql := "SELECT " + strings.Join(calls, ", ")
	return func(ctx context.Context, c *pgconn.PgConn) error {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return c.ExecParams(ctx, sql, args, nil, nil, nil).Read().Err
	}
}
