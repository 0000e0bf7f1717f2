// Package crash names moments at which a process may be killed, so that the fault
// suites can kill one exactly there.
//
// It exists only in binaries built with the tag crash. In all others At is an empty
// function, which the compiler leaves out, so nobody can use it against a real sale.
// With the tag, SECKILL_CRASH="NAME:N" makes the process kill itself (SIGKILL: nothing
// is flushed, closed or answered) when it reaches that moment for the Nth time.
package crash

// Points are all moments, along the path of a buy and then of a process. Each
// stands in the code once.
var Points = append([]string{
	"purchase: a batch is taken",
	"purchase: the gate has admitted",
	"purchase: the log has the orders",
	"purchase: the buyers are told",
	"purchase: the outbox has forgotten",
	"memgate: the orders are in the outbox",
	"redisgate: a script is to be sent",
	"redisgate: a script was answered",
	"redisgate: buyers are loaded",
	"sqlitelog: a batch is to be written",
	"sqlitelog: a batch is written",
	"sqlitelog: those who appended are told",
	"kafkalog: records are given to the client",
	"kafkalog: records are acknowledged",
	"projector: lines are read",
	"projector: lines are folded",
	"projector: rows are kept",
	"projector: a return is to be handed over",
	"projector: the gate has a return",
	"sqlitestore: rows are written",
	"sqlitestore: rows are committed",
	"pgstore: rows are written",
	"pgstore: rows are committed",
	"settle: a command is to be appended",
	"settle: the log has the command",
	"settle: the store has applied the command",
	"settle: the log has an expiry",
	"settle: a payment is to be appended",
	"settle: the log has a payment",
	"settle: the store has a payment",
	"settle: a unit is to be asked for",
	"settle: a unit was asked for",
	"settle: what is owed back is to be appended",
	"settle: the log has what is owed back",
	"opening: the gate is shut",
	"opening: the outbox is empty",
	"opening: the log has the record",
	"opening: the store shows the epoch",
	"opening: the gate is open",
	"app: the folder is locked",
	"app: the keepers are there",
	"app: the gates are open",
	"app: the end has begun",
	"app: the last answer is given",
	"app: the keepers are to be closed",
	"verify: the gates are cut",
	"verify: a partition is judged",
}, append(OfRecovery, OfBackup...)...)

// OfRecovery are the moments of seckill recover, which nobody else comes to.
var OfRecovery = []string{
	"kafkalog: the topic is deleted",
	"recovery: a chunk is appended",
	"recovery: the state is written",
	"app: a log is moved",
	"recovery: the tables are renewed",
}

// OfBackup are the moments of seckill backup and seckill restore.
var OfBackup = []string{
	"app: the tables are copied",
	"backup: a chunk is written",
	"backup: a part of the log is written",
	"app: a backup is written",
	"app: a backup is in its place",
	"backup: the store is marked",
	"backup: a chunk is restored",
	"backup: a part of the log is restored",
	"backup: the log is filled",
	"backup: the tables are filled",
}
