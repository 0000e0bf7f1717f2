package devstack

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A broker is one process of a Kafka.
type broker struct {
	id                   int // from 1
	dir                  string
	cluster              string
	port, controllerPort int
	jars                 string
}

// brokerSettings take: the node's number, the voters, the broker's and the
// controller's address, the data folder, the number of replicas, and how many of
// them must have a record. The cluster's own topics have one partition each, which
// is quicker to make than 50. A broker that was killed is let in again when its
// last session has ended: 3 s, for the usual 9 would be most of a restart.
const brokerSettings = `process.roles=broker,controller
node.id=%[1]d
controller.quorum.voters=%[2]s
listeners=BROKER://%[3]s,CONTROLLER://%[4]s
advertised.listeners=BROKER://%[3]s
controller.listener.names=CONTROLLER
inter.broker.listener.name=BROKER
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=%[5]s
log.retention.ms=-1
auto.create.topics.enable=false
default.replication.factor=%[6]d
min.insync.replicas=%[7]d
offsets.topic.replication.factor=%[6]d
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=%[6]d
transaction.state.log.min.isr=%[7]d
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=%[6]d
share.coordinator.state.topic.min.isr=%[7]d
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`

func (b *broker) properties() string { return filepath.Join(b.dir, "server.properties") }

func (b *broker) choosePorts() (err error) {
	if b.port, err = freePort(); err != nil {
		return err
	}
	b.controllerPort, err = freePort()
	return err
}

// configure writes the broker's settings, in a cluster of so many, with more of them.
func (b *broker) configure(voters string, brokers int, more ...string) error {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	data := strings.ReplaceAll(filepath.Join(b.dir, "data"), `\`, `\\`) // properties are escaped
	text := fmt.Sprintf(brokerSettings, b.id, voters, address(b.port), address(b.controllerPort), data, brokers, (brokers+1)/2) + strings.Join(more, "\n")
	return os.WriteFile(b.properties(), []byte(text), 0o600)
}

// program is one of Kafka's programs, in a Java that is to start quickly and to
// stay small, with one more option.
func (b *broker) program(option, class string, args ...string) *exec.Cmd {
	return exec.Command("java", append([]string{
		option, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
		"-cp", filepath.Join(b.jars, "*"), class,
	}, args...)...)
}

// format makes an empty data folder one of this cluster. The file that says whose
// it is comes last.
func (b *broker) format(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(b.dir, "data", "meta.properties")); err == nil {
		return nil
	}
	return run(ctx, b.program(keptClasses(b.jars), "kafka.tools.StorageTool", "format", "-t", b.cluster, "-c", b.properties()), "")
}

// answers asks for the cluster's brokers (Kafka protocol, Metadata request,
// version 1, of no topic). A broker names itself once the cluster gives it work.
func (b *broker) answers(ctx context.Context) error {
	const metadata, version, correlation, noTopics = 3, 1, 0, 0
	request := []byte{0, 0, 0, 14, 0, metadata, 0, version, 0, 0, 0, correlation, 0xff, 0xff, 0, 0, 0, noTopics}
	answer, err := exchange(ctx, b.port, request, 4<<10)
	if err != nil {
		return err
	}
	// Length, correlation and number of brokers, then each: id, host, port, rack.
	self := binary.BigEndian.AppendUint32(nil, uint32(b.id))
	self = append(self, 0, byte(len(loopback)))
	self = append(self, loopback...)
	if !strings.Contains(string(answer), string(self)) {
		return fmt.Errorf("it is not one of the cluster's brokers yet: %q", answer)
	}
	return nil
}

// newClusterID is a random id as Kafka writes one, and begins with a letter, for a
// command line takes a dash for an option.
func newClusterID() []byte {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[0] &= 0x7f
	return []byte(base64.RawURLEncoding.EncodeToString(id[:]))
}
