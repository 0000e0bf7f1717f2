// Package backup keeps a sale in a file, and makes a sale of one.
//
// It promises that a file has every order that was placed before it was begun, though
// the sale goes on; that one which is not whole, or of which a byte was changed, is
// refused with the line, before anything is made of it; and that a sale which is not
// made of it whole is told from one that is, by whoever opens its tables.
//
// A file is lines, each the CRC-32C of a JSON document and that:
//
//	header  which sale, when, and what its log does not have: secrets, and the tokens of operators
//	tables  one snapshot of them, as the state that a log may begin with (package recovery)
//	log     from its beginning to behind what the tables have folded of it
//	end     how far each partition goes, and the SHA-256 of all before
//
// A sale that is made of it has a new generation of the log: the tables, and behind them
// what the log has beyond. For one of an earlier point the log is folded up to there, by
// itself. Either way the tables are then folded from the new log, so that they are of it.
//
//	empty store ──Begin──► begun, which nobody sells from ──Fill──► a sale
//
// Nobody else may use the servers meanwhile: that is for the caller of Begin to see to.
package backup
