package verify

// Omissions is why something could not be judged.
var Omissions list

func omission(code, words string) Statement { return Omissions.add("", code, words) }

// The omissions.
var (
	behindDamage     = omission("behind_damage", "what comes behind the damage could not be judged")
	noGateAsked      = omission("no_gate", "only an open gate can tell, and none was asked")
	openingNotRead   = omission("opening_not_read", "the opening of its epoch is not in what can be read of the log")
	notReadBeyond    = omission("not_read_beyond", "partition %v of the log could not be read beyond offset %v")
	notFoldedAgain   = omission("not_folded_again", "partition %v of the log could not be folded again")
	notInStoreYet    = omission("not_in_store_yet", "records that are not in the store yet: %v, in partition %v from offset %v on. The next start folds them")
	notTheStoresLog  = omission("not_the_stores_log", "partition %v is not the log that the store was filled from")
	beginningMissing = omission("beginning_missing", "partition %v of the log begins at offset %v: it can only be folded from there")
)
