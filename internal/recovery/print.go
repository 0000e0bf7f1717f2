package recovery

import (
	"fmt"
	"io"

	"seckill/internal/sale"
)

// Print says what was found, what is to be done, and what is lost. becomes says what
// becomes of the log of now.
func (p *Plan) Print(w io.Writer, becomes string) {
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) } // a terminal that is gone agrees to nothing
	line("The log is not the one that the tables were filled from:")
	for _, found := range p.Found {
		line("  %s", found)
	}
	has := fmt.Sprintf("%s, %s, %s held", sale.FormatCount(p.Products, "product"), sale.FormatCount(p.Orders, "order"), sale.FormatCount(p.Held, "unit"))
	if p.Act == Refold {
		line("That log begins with the state of tables that are at least as new as these (%s).", has)
		line("Will be done: these tables are emptied, and whoever serves next folds them anew from the log.")
		p.printLost(line, "nothing.")
		return
	}
	line("Will be done: a log is written that continues the tables (%s); %s.", has, becomes)
	if p.Unfolded > 0 {
		line("Before that, the tables are given the %s that they lack from partitions in which the log is theirs.", sale.FormatCount(p.Unfolded, "record"))
	}
	line("Nothing that the tables have is lost. All gates open anew.")
	p.printLost(line, "nothing that is known of. What the log had beyond the tables, and has no more, nobody can tell.")
}

func (p *Plan) printLost(line func(format string, args ...any), nothing string) {
	if len(p.Lost) == 0 {
		line("Lost: %s", nothing)
		return
	}
	line("Lost:")
	for _, lost := range p.Lost {
		line("  %s", lost)
	}
}
