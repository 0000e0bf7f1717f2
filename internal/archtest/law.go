// Package archtest is the import law, as a test: which room of the code may use
// which other, and which may use what is not ours.
//
// It promises that a new folder, a new arrow between two folders, or a driver in
// a second place is a decision that somebody wrote down here, and never an
// accident. Test files are free, and so is all that stands under test/.
package archtest

// module is the module's path, which begins every import of ours.
const module = "seckill"

// A room is a folder with code in it, what it promises, and what it may import of ours.
type room struct {
	path    string
	promise string
	may     []string
	pure    bool // nothing but what computes: no clock, no I/O, nothing from outside
}

// everything is what may is for the one room that knows every keeper.
var everything = []string{"*"}

// law lists every room. One that is not here, or is here and gone, breaks it, and so
// does what is allowed and not used. It is the table in docs/architecture.md.
var law = []room{
	{path: "internal/sale", promise: "the rules: product, order, record, `Fold`. No clock, no I/O", pure: true},

	// A contract stands with its keepers and the suite that they pass. Keepers
	// never see each other.
	{"internal/gate", "the contract of who decides", []string{"internal/sale"}, false},
	{"internal/gate/memgate", "a gate in memory", []string{"internal/sale", "internal/crash", "internal/gate"}, false},
	{"internal/gate/redisgate", "a gate in Redis", []string{"internal/sale", "internal/crash", "internal/gate", "internal/tlspair"}, false},
	{"internal/gate/gatetest", "the suite of gates", []string{"internal/sale", "internal/gate"}, false},
	{"internal/orderlog", "the contract of the durable log", []string{"internal/sale"}, false},
	{"internal/orderlog/sqlitelog", "a log in a file", []string{"internal/sale", "internal/crash", "internal/orderlog"}, false},
	{"internal/orderlog/kafkalog", "a log in Kafka", []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/tlspair"}, false},
	{"internal/orderlog/logtest", "the suite of logs", []string{"internal/sale", "internal/orderlog"}, false},
	{"internal/orderstore", "the contract of the tables", []string{"internal/sale", "internal/orderlog"}, false},
	{"internal/orderstore/sqlitestore", "the tables in a file", []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/orderstore"}, false},
	{"internal/orderstore/pgstore", "the tables in Postgres", []string{"internal/sale", "internal/crash", "internal/orderstore"}, false},
	{"internal/orderstore/storetest", "the suite of stores", []string{"internal/sale", "internal/orderlog", "internal/orderstore"}, false},

	{"internal/purchase", "the buy path: batch, admit, append, answer. It cannot touch the store", []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog"}, false},
	{"internal/opening", "the one way a gate opens, and the monitor of what calls for that", []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/orderstore"}, false},
	{"internal/projector", "every record is folded exactly once, in order", []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/orderstore"}, false},
	{"internal/settle", "pay, cancel, expire, void: the first record in the log wins; every payment has its trace", []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/purchase"}, false},
	{path: "internal/live", promise: "fan-out to whoever watches"},
	{"internal/httpapi", "HTTP in, JSON out, one table of errors", []string{"internal/sale", "internal/purchase", "internal/live", "internal/auth", "internal/identity", "internal/trace", "internal/verify"}, false},
	{path: "internal/auth", promise: "who is an operator"},
	{"internal/identity", "who a buyer is", []string{"internal/sale"}, false},
	{path: "internal/connlimit", promise: "an address that goes on taking connections, whoever opens how many"},
	{path: "internal/tlspair", promise: "a certificate and its key, read again when they change"},
	{path: "internal/metrics", promise: "what a process counts and measures"},
	{"internal/trace", "some of the buys, followed to a collector for which nobody waits", []string{"internal/sale"}, false},
	{"internal/verify", "the audit: folds the log again and compares. It does not know the players", []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/orderstore"}, false},

	{"internal/recovery", "a log that continues the tables, where theirs is gone", []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/orderstore", "internal/projector"}, false},
	{"internal/backup", "a sale in a file, and a sale made of one", []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/orderstore", "internal/projector", "internal/recovery"}, false},

	{path: "internal/rush", promise: "the load generator: a stranger to the server"},
	{"internal/rehearsal", "a rush on a throw-away product, run by the server against itself", []string{"internal/sale", "internal/rush"}, false},
	{"internal/rehearsal/registrytest", "the suite of what keeps rehearsals", []string{"internal/sale", "internal/rehearsal"}, false},

	{"internal/app", "puts the rooms together; the only one that knows every keeper", everything, false},
	{"cmd/seckill", "the program: flags in, exit code out", []string{"internal/app", "internal/verify", "internal/recovery", "internal/rush", "ui"}, false},
	{path: "ui", promise: "the pages, in the binary"},
	{path: "internal/devstack", promise: "a real Redis, Kafka and Postgres on this machine, for tests and `make cluster`"},
	{"internal/devstack/devtest", "the same for a test", []string{"internal/devstack"}, false},
	{"cmd/devstack", "the same as a command", []string{"internal/devstack"}, false},
	{path: "internal/crash", promise: "names for moments at which the fault suites kill a process; empty in what is shipped"},
	{path: "internal/archtest", promise: "this table, as a test"},
	{path: "examples/checkout", promise: "the back end of a shop that takes the money: a stranger to the server"},
}

// A driver is code from outside that only its keepers may import.
type driver struct {
	path string // it and all below it
	may  []string
}

var sqlite = []string{"internal/orderlog/sqlitelog", "internal/orderstore/sqlitestore"}

var postgres = []string{"internal/orderstore/pgstore"}

// drivers are those of every mode, also of the one that is still to come: their
// keepers are named with them.
var drivers = []driver{
	{"modernc.org/sqlite", sqlite},
	{"database/sql", sqlite},
	{"github.com/redis", []string{"internal/gate/redisgate"}},
	{"github.com/twmb/franz-go", []string{"internal/orderlog/kafkalog"}},
	{"github.com/jackc", postgres},
	{"github.com/pressly/goose", postgres},
	{"go.opentelemetry.io", []string{"internal/trace", "internal/app"}},
}

// impure is what a pure room must not import, and all below it.
var impure = []string{"os", "net", "database", "syscall", "io/fs", "io/ioutil", "math/rand", "crypto/rand", "runtime", "sync", "context", "log", "testing", "unsafe", "plugin"}

// clocks are the functions of package time that look at or wait for a clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
