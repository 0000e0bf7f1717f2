// Package backup keeps a sale in a file, and makes a sale of one.
//
// It promises that a file has every order that was placed before the backup began, though
// the sale goes on; that a file which is incomplete, or of which a byte was changed, is
// refused before anything is made of it, naming the line; and that whoever opens the tables
// of a sale that was restored only in part can tell.
//
// A file consists of lines, each a JSON document behind its CRC-32C:
//
//	header  which sale, when, and what its log does not have: secrets, and the tokens of operators
//	tables  one snapshot of them, as the state that a log may begin with (package recovery)
//	log     from its beginning to behind what the tables have folded of it
//	end     how far each partition goes, and the SHA-256 of all before
//
// A sale that is made of it has a new generation of the log: the tables, followed by what
// the old log had beyond them. To restore an earlier point, the log alone is folded up to
// there. Either way the tables are then folded from the new log.
//
//	empty store ──Begin──► begun, which nobody sells from ──Fill──► a sale
//
// Nobody else may use the servers meanwhile; the caller of Begin has to see to that.
package backup
