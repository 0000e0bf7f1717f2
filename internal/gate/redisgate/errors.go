package redisgate

import (
	"errors"
	"net"
	"strings"

	"github.com/redis/rueidis"

	"seckill/internal/sale"
)

// before are the errors that Redis answers before a command or, in a script,
// before the first write. What else it answers may have come amid a script.
var before = []string{
	"LOADING ", "READONLY ", "MISCONF ", "OOM ", "NOREPLICAS ", "MASTERDOWN ", "BUSY ", // its state
	"NOAUTH ", "WRONGPASS ", "NOSCRIPT ", // the connection's
	"CLUSTERDOWN ", "TRYAGAIN ", "MOVED ", "ASK ", "CROSSSLOT ", // the cluster's
	"max number of clients reached",
	// A slot that moves: gate.lua reaches first. Valkey says it as the second.
	"Script attempted to access a non local key ", "Attempted to access a non local key ",
}

// kind is the kind of error that the driver's is.
func (s script) kind(err error) error {
	if s.reads || nothingSent(err) {
		return sale.ErrUnavailable
	}
	if said, ok := rueidis.IsRedisErr(err); ok {
		for _, word := range before {
			if strings.HasPrefix(said.Error(), word) {
				return sale.ErrUnavailable
			}
		}
	}
	return sale.ErrUnknownOutcome
}

// nothingSent reports whether there was no connection to send anything on.
func nothingSent(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "dial" || errors.Is(err, rueidis.ErrNoSlot)
}
