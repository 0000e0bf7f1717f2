// Package fault kills, fills, cuts and damages the real program and looks at
// what is left of its promises.
//
// Every test starts processes of its own, from a binary that is built once a
// run, in a folder of its own, and ends only those. What a buyer was told is a
// receipt; after each fault every receipt has to be honoured, nothing may be
// sold twice, and seckill verify has to find nothing. The checks are functions
// that return what they found, so that a test can also show that they find what
// is wrong with a program that was broken on purpose (bite_test.go).
//
// What needs a right or a program that this machine does not have is skipped,
// and says what to do about it.
package fault

import (
	"os"
	"testing"

	"seckill/test/program"
)

// bin is the program under test. A test that starts itself again, in a mount
// namespace, passes it on.
var bin = os.Getenv(binVariable)

const binVariable = "FAULT_TEST_BINARY"

func TestMain(m *testing.M) { os.Exit(program.Main(m, &bin)) }
