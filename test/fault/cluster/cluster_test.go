// Package cluster kills, freezes, empties, cuts and puts back the servers and the
// processes of a sale that runs on a real Redis, Kafka and Postgres, and looks at
// what is left of its promises.
//
// Every test sells a product of its own from processes of its own, while buyers
// come at their own pace and come again if they got no answer. After each
// fault it waits until somebody who came after it is placed, sells what is left,
// and looks: whoever was told that an order is placed has it, nobody has two,
// exactly as many orders are placed as there were units, and seckill verify finds
// nothing. How long a sale took to go on is measured and printed at the end, and
// never fails a test.
//
// Most tests share one set of servers, one after the other, and leave it well. One
// that must not uses servers of its own. What can be done again and again, with
// other choices, is a trial (package ledger).
package cluster

import (
	"fmt"
	"os"
	"testing"

	"seckill/test/program"
)

// bin is the program under test.
var bin = os.Getenv("FAULT_TEST_BINARY")

func TestMain(m *testing.M) {
	code := program.Main(m, &bin)
	shared.close()
	fmt.Print(times.table())
	os.Exit(code)
}
