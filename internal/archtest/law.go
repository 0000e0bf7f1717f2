// Package archtest is the import law, as a test: which room of the code may use
// which other, and which may use what is not ours.
//
// It promises that a new folder, a new arrow between two folders, or a driver in
// a second place is a decision that somebody wrote down here, and never an
// accident. Test files are free, and so is all that stands under test/.
package archtest

// module is the module's path, which begins every import of ours.
const module = "seckill"

// A room is a folder with code in it, and what that may import of ours.
type room struct {
	path string
	may  []string
	pure bool // nothing but what computes: no clock, no I/O, nothing from outside
}

// everything is what may is for the one room that knows every keeper.
var everything = []string{"*"}

// law lists every room. One that is not here, or is here and gone, breaks it.
var law = []room{
	{path: "internal/sale", pure: true},
	{path: "internal/crash"}, // names of moments; empty in what is shipped

	// A contract stands with its keepers and the suite that they pass. Keepers
	// never see each other.
	{path: "internal/gate", may: []string{"internal/sale"}},
	{path: "internal/gate/memgate", may: []string{"internal/sale", "internal/crash", "internal/gate"}},
	{path: "internal/gate/redisgate", may: []string{"internal/sale", "internal/crash", "internal/gate"}},
	{path: "internal/gate/gatetest", may: []string{"internal/sale", "internal/gate"}},
	{path: "internal/orderlog", may: []string{"internal/sale"}},
	{path: "internal/orderlog/sqlitelog", may: []string{"internal/sale", "internal/crash", "internal/orderlog"}},
	{path: "internal/orderlog/kafkalog", may: []string{"internal/sale", "internal/crash", "internal/orderlog"}},
	{path: "internal/orderlog/logtest", may: []string{"internal/sale", "internal/orderlog"}},
	{path: "internal/orderstore", may: []string{"internal/sale", "internal/orderlog"}},
	{path: "internal/orderstore/sqlitestore", may: []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/orderstore"}},
	{path: "internal/orderstore/pgstore", may: []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/orderstore"}},
	{path: "internal/orderstore/storetest", may: []string{"internal/sale", "internal/orderlog", "internal/orderstore"}},

	{path: "internal/purchase", may: []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog"}}, // it cannot touch the store
	{path: "internal/settle", may: []string{"internal/sale", "internal/crash", "internal/orderlog", "internal/orderstore"}},
	{path: "internal/projector", may: []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/orderstore"}},
	{path: "internal/opening", may: []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/orderstore"}},
	{path: "internal/live", may: []string{"internal/sale"}},
	{path: "internal/httpapi", may: []string{"internal/sale", "internal/purchase", "internal/settle", "internal/live", "internal/auth"}},
	// The judge does not know the players.
	{path: "internal/verify", may: []string{"internal/sale", "internal/crash", "internal/gate", "internal/orderlog", "internal/orderstore"}},

	{path: "internal/rush"}, // a stranger to the server
	{path: "internal/rehearsal", may: []string{"internal/sale", "internal/rush"}},
	{path: "internal/rehearsal/shelftest", may: []string{"internal/sale", "internal/rehearsal"}},
	{path: "internal/auth"},
	{path: "internal/metrics"},
	{path: "internal/archtest"},
	{path: "internal/devstack"},
	{path: "internal/devstack/devtest", may: []string{"internal/devstack"}},
	{path: "ui"},

	{path: "internal/app", may: everything},
	{path: "cmd/devstack", may: []string{"internal/devstack"}},
	{path: "cmd/seckill", may: []string{"internal/app", "internal/verify", "internal/rush", "ui"}}, // ui: the pages, which it hands to app
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
	{"database/sql", append(sqlite, postgres...)}, // Postgres: only because the migrations ask for it
	{"github.com/redis", []string{"internal/gate/redisgate"}},
	{"github.com/twmb/franz-go", []string{"internal/orderlog/kafkalog"}},
	{"github.com/jackc", postgres},
	{"github.com/pressly/goose", postgres},
}

// impure is what a pure room must not import, and all below it.
var impure = []string{"os", "net", "database", "syscall", "io/fs", "io/ioutil", "math/rand", "crypto/rand", "runtime", "sync", "context", "log", "testing", "unsafe", "plugin"}

// clocks are the functions of package time that look at or wait for a clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
