package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// A Kafka is a cluster of one broker or of several, each of which is a controller
// too.
//
// A broker answers only while a majority is up, so the first two of three have to
// be started at the same time.
//
// Brokers do not sync what they acknowledge, as Kafka relies on its replicas: what
// is in the page cache outlives a killed broker, but not a machine that loses power.
type Kafka struct {
	Nodes   []*Node
	brokers []*broker
}

// StartKafka starts a cluster of one broker or of three in the folder. Topics are
// made only on demand, and keep all records for ever unless they say otherwise.
// With three, the cluster's own topics have three replicas, and two must have what
// is acknowledged. The settings are lines for each broker's properties, and win over
// the defaults.
func StartKafka(ctx context.Context, dir string, brokers int, settings ...string) (*Kafka, error) {
	if brokers != 1 && brokers != 3 {
		return nil, fmt.Errorf("Kafka runs with 1 broker or with 3, not with %d", brokers)
	}
	jars, err := FetchKafka(ctx)
	if err != nil {
		return nil, err
	}
	return startKafka(ctx, dir, brokers, jars, keptClasses(jars), settings...)
}

// startKafka starts one whose brokers have Java run with an option.
func startKafka(ctx context.Context, dir string, brokers int, jars, option string, settings ...string) (*Kafka, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	k := &Kafka{}
	for id := range brokers {
		b := &broker{id: id + 1, dir: filepath.Join(dir, fmt.Sprintf("broker-%d", id+1)), jars: jars}
		if err := b.choosePorts(); err != nil {
			return nil, err
		}
		k.brokers = append(k.brokers, b)
		k.Nodes = append(k.Nodes, b.node(option))
	}
	if err := k.configure(dir, settings...); err != nil {
		return nil, err
	}
	return k, k.start(ctx)
}

// Addr is where the brokers are, separated by commas.
func (k *Kafka) Addr() string {
	var all []string
	for _, b := range k.brokers {
		all = append(all, address(b.port))
	}
	return strings.Join(all, ",")
}

// Close kills all brokers: to wait for each to hand over to the others would take
// long, and loses nothing less.
func (k *Kafka) Close() {
	_ = k.each(func(n *Node) error { n.Kill(); return nil }) // there is no error
}

// start starts all brokers at once, as each waits for a majority of the others.
func (k *Kafka) start(ctx context.Context) error {
	err := k.each(func(n *Node) error { return n.Start(ctx) })
	if err != nil {
		k.Close()
	}
	return err
}

func (k *Kafka) each(do func(*Node) error) error {
	errs := make([]error, len(k.Nodes))
	var all sync.WaitGroup
	for i, n := range k.Nodes {
		all.Go(func() { errs[i] = do(n) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// configure writes what every broker needs to know of the others.
func (k *Kafka) configure(dir string, settings ...string) error {
	cluster, err := clusterID(dir)
	if err != nil {
		return err
	}
	var voters []string
	for _, b := range k.brokers {
		voters = append(voters, fmt.Sprintf("%d@%s", b.id, address(b.controllerPort)))
	}
	for _, b := range k.brokers {
		b.cluster = cluster
		if err := b.configure(strings.Join(voters, ","), len(k.brokers), settings...); err != nil {
			return err
		}
	}
	return nil
}

// node makes the node of a broker.
func (b *broker) node(option string) *Node {
	return &Node{
		name:    fmt.Sprintf("Kafka broker %d", b.id),
		dir:     b.dir,
		command: func() *exec.Cmd { return b.program(option, "kafka.Kafka", b.properties()) },
		prepare: b.format,
		answers: b.answers,
		orderly: syscall.SIGTERM,
	}
}

// clusterID is the cluster's, made when it first starts. All its brokers have it,
// also one that was wiped and joins again.
func clusterID(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "cluster-id")
	id, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		id = newClusterID()
		err = os.WriteFile(file, id, 0o600)
	}
	return string(id), err
}
