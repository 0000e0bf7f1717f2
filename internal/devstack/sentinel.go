package devstack

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

// MasterSet is the name by which sentinels know their Redis.
const MasterSet = "shop"

const sentinels = 3

// sentinelSettings take the name, the primary's port, and how many have to agree.
const sentinelSettings = `sentinel monitor %[1]s %[2]s %[3]d 2
sentinel down-after-milliseconds %[1]s 1000
sentinel failover-timeout %[1]s 5000
`

// tlsSettings take the port, the certificate and its key. Servers talk to each other
// by it, too.
const tlsSettings = `tls-port %d
tls-cert-file %s
tls-key-file %s
tls-ca-cert-file %[2]s
tls-auth-clients no
tls-replication yes
`

// SentinelOptions say how servers are spoken to.
type SentinelOptions struct {
	Password         string // of Redis; empty: none
	SentinelPassword string // of the sentinels; empty: none
	Cert, Key        string // files, PEM, of a certificate for TLS that vouches for itself; empty: no TLS
}

// A Sentinel is a Redis with a replica, and three sentinels that make the replica the
// primary if that is away, and the primary then its replica.
type Sentinel struct {
	Primary, Replica *Redis // as they were at the start
	Sentinels        []*Node

	options   SentinelOptions
	addresses []string // of the sentinels, for clients
}

// StartSentinel starts one in a folder that was not used before.
func StartSentinel(ctx context.Context, dir string, o SentinelOptions) (*Sentinel, error) {
	s := &Sentinel{options: o}
	if err := s.start(ctx, dir); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sentinel) start(ctx context.Context, dir string) error {
	secured, settings, err := s.secured()
	if err != nil {
		return err
	}
	if s.Primary, err = newRedis(filepath.Join(dir, "primary"), s.options.Password, settings); err != nil {
		return err
	}
	if secured == 0 {
		secured = s.Primary.port
	}
	if err := s.Primary.Start(ctx); err != nil {
		return err
	}
	_, settings, err = s.secured()
	if err != nil {
		return err
	}
	s.Replica, err = newRedis(filepath.Join(dir, "replica"), s.options.Password, settings, fmt.Sprintf("replicaof %s %d", loopback, secured))
	if err != nil {
		return err
	}
	all, within := errgroup.WithContext(ctx)
	all.Go(func() error {
		if err := s.Replica.Start(within); err != nil {
			return err
		}
		return s.Replica.follows(within)
	})
	for i := range sentinels {
		n, err := s.sentinel(filepath.Join(dir, fmt.Sprintf("sentinel-%d", i+1)), secured)
		if err != nil {
			return err
		}
		s.Sentinels = append(s.Sentinels, n)
		all.Go(func() error { return n.Start(within) })
	}
	return all.Wait()
}

// secured are the port for TLS and the settings of a server that has one; 0 and
// none, if there is no TLS.
func (s *Sentinel) secured() (port int, settings string, err error) {
	if s.options.Cert == "" {
		return 0, "", nil
	}
	port, err = freePort()
	return port, fmt.Sprintf(tlsSettings, port, s.options.Cert, s.options.Key), err
}

// sentinel is the node of one of them, which answers when it knows the replica and
// the others.
func (s *Sentinel) sentinel(dir string, primary int) (*Node, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	at, settings, err := s.secured()
	if err != nil {
		return nil, err
	}
	if at == 0 {
		at = port
	}
	settings += fmt.Sprintf(sentinelSettings, MasterSet, loopback, primary)
	if s.options.Password != "" {
		settings += fmt.Sprintf("sentinel auth-pass %s %s\n", MasterSet, s.options.Password)
	}
	if p := s.options.SentinelPassword; p != "" {
		settings += fmt.Sprintf("requirepass %s\nsentinel sentinel-pass %[1]s\n", p)
	}
	n, err := redisNode("sentinel", dir, port, settings, "--sentinel")
	if err != nil {
		return nil, err
	}
	n.answers = func(ctx context.Context) error {
		said, err := redisSays(ctx, port, s.options.SentinelPassword, "SENTINEL MASTER "+MasterSet)
		for _, want := range []string{"num-slaves\r\n$1\r\n1", "num-other-sentinels\r\n$1\r\n2"} {
			if err == nil && !strings.Contains(said, want) {
				err = fmt.Errorf("it does not know all others yet: %q", said)
			}
		}
		return err
	}
	s.addresses = append(s.addresses, address(at))
	return n, nil
}

// URL names the sentinels, with the password of Redis, and theirs if they have one.
func (s *Sentinel) URL() string {
	scheme, user, more := "redis", "", "?master_set="+MasterSet
	if s.options.Cert != "" {
		scheme, more = "rediss", more+"&ca="+s.options.Cert
	}
	if s.options.Password != "" {
		user = ":" + s.options.Password + "@"
	}
	if p := s.options.SentinelPassword; p != "" {
		more += "&sentinel_password=" + p
	}
	for _, other := range s.addresses[1:] {
		more += "&addr=" + other
	}
	return scheme + "://" + user + s.addresses[0] + "/0" + more
}

// Close ends all of them, the sentinels first: nobody need take over.
func (s *Sentinel) Close() {
	nodes := s.Sentinels
	for _, r := range []*Redis{s.Replica, s.Primary} {
		if r != nil {
			nodes = append(nodes, r.Node)
		}
	}
	for _, n := range nodes {
		n.Kill()
	}
}
