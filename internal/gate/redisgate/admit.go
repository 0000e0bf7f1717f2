package redisgate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var admitScript = writing("admit")

// never is later than every clock, in microseconds.
const never = "9007199254740991"

// verdicts are the letters of admit.lua.
var verdicts = [256]gate.Verdict{
	'K': gate.Known, 'L': gate.LimitReached, 'O': gate.OrderLimit, 'C': gate.Closed, 'P': gate.Paused,
	'N': gate.NotOpen, 'S': gate.SoldOut, 'G': gate.NotEligible, 'H': gate.AddressLimit, 'A': gate.Admitted,
}

// Admit is gate.Admitter's.
func (g *Gate) Admit(ctx context.Context, product string, try gate.Try, batch []gate.Request) (gate.Admission, error) {
	a, err := g.run(ctx, admitScript, product, g.admitArgs(try, batch)...)
	if errors.Is(err, sale.ErrLate) {
		return gate.Admission{View: gate.View{Now: a.moment(), Epoch: a.number()}}, err
	}
	if err != nil {
		return gate.Admission{}, err
	}
	out := gate.Admission{View: a.view(), Decisions: make([]gate.Decision, len(batch))}
	admitted, err := decisions(out.Decisions, batch, a.text(), out.View.Seq)
	a.fail(err)
	if a.err != nil {
		return gate.Admission{}, a.err
	}
	if admitted > 0 {
		out.Entry = entryID(out.View.Epoch, out.View.Seq-admitted+1)
	}
	return out, nil
}

func entryID(epoch, first int64) gate.EntryID {
	var buf [41]byte
	id := strconv.AppendInt(buf[:0], epoch, 10)
	id = strconv.AppendInt(append(id, '-'), first, 10)
	return gate.EntryID(id)
}

func (g *Gate) admitArgs(try gate.Try, batch []gate.Request) []string {
	by := never
	if !try.By.IsZero() {
		by = decimal(try.By.UnixMicro())
	}
	head := [...]string{g.maxUnrelayed, by, decimal(try.Epoch), try.Lane, decimal(try.Number), flag(try.Fences), groups(batch), origins(batch)}
	args := append(make([]string, 0, len(head)+2*len(batch)), head[:]...)
	ids := make([]byte, 0, idSize*len(batch))
	for _, r := range batch {
		args = append(args, r.User)
		ids = append(ids, r.Order[:]...)
	}
	orders := string(ids) // one piece of memory for all
	for i := range batch {
		args = append(args, orders[i*idSize:(i+1)*idSize])
	}
	return args
}

// groups has a line for each request, with blanks around the name of each of its
// groups; it is empty if nobody is in any. What no gate can be for is left out, for
// it might hold a blank.
func groups(batch []gate.Request) string {
	if !slices.ContainsFunc(batch, func(r gate.Request) bool { return len(r.Groups) > 0 }) {
		return ""
	}
	var lines []byte
	for _, r := range batch {
		for _, name := range r.Groups {
			if sale.CheckUser(name) {
				lines = append(append(append(lines, ' '), name...), ' ')
			}
		}
		lines = append(lines, '\n')
	}
	return string(lines)
}

// origins are those of all requests, none of them as blanks; it is empty if nobody has one.
func origins(batch []gate.Request) string {
	if !slices.ContainsFunc(batch, func(r gate.Request) bool { return r.Origin != "" }) {
		return ""
	}
	all := make([]byte, 0, originSize*len(batch))
	for _, r := range batch {
		all = fmt.Appendf(all, "%*s", originSize, r.Origin)
	}
	return string(all)
}

// decisions reads one letter for each request, and after L the order by which the
// user has reached the limit. last is the seq of the last one admitted.
func decisions(out []gate.Decision, batch []gate.Request, letters string, last int64) (admitted int64, err error) {
	for i, r := range batch {
		d := gate.Decision{Order: r.Order}
		if letters != "" {
			d.Verdict, letters = verdicts[letters[0]], letters[1:]
		}
		switch {
		case d.Verdict == 0 || d.Verdict == gate.LimitReached && len(letters) < idSize:
			return 0, fmt.Errorf("no decision on request %d of %d", i+1, len(batch))
		case d.Verdict == gate.LimitReached:
			d.Order, letters = sale.OrderID([]byte(letters[:idSize])), letters[idSize:]
		case d.Verdict == gate.Admitted:
			admitted++
			d.Seq = admitted
		}
		out[i] = d
	}
	if letters != "" {
		return 0, fmt.Errorf("more decisions than %d requests", len(batch))
	}
	for i := range out {
		if out[i].Seq > 0 {
			out[i].Seq += last - admitted
		}
	}
	return admitted, nil
}
