package verify

import "fmt"

// A Statement is something that the audit can say: by a code that stays the same, for
// programs and translations, and in English, where what is particular to the case, as
// a partition, stands for each %v. Translations go by the order of its numbers.
type Statement struct {
	Code      string
	Invariant Invariant // empty: it is said of several, or of none
	Words     string

	args []string
}

// A list is every statement of one sort.
type list []Statement

func (l *list) add(i Invariant, code, words string) Statement {
	s := Statement{Code: code, Invariant: i, Words: words}
	*l = append(*l, s)
	return s
}

// of is the statement of a case, by what is particular to it.
func (s Statement) of(particulars ...any) Statement {
	s.Words = fmt.Sprintf(s.Words, particulars...)
	for _, p := range particulars {
		s.args = append(s.args, fmt.Sprint(p))
	}
	return s
}

// under is the same, said of this invariant.
func (s Statement) under(i Invariant) Statement {
	s.Invariant = i
	return s
}
