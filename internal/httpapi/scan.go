package httpapi

import "seckill/internal/sale"

// scanUser finds the user's id in a buy of the usual shape, {"user_id":"…"} with
// blanks where JSON allows them. It returns false for anything else, right or
// wrong: then the strict reader decides. The id is a part of body.
//
// encoding/json would cost as much as all the rest of our code on a sold-out
// answer, several times over.
func scanUser(body []byte) (user []byte, ok bool) {
	s := scanner(body)
	if !s.take(`{`) || !s.take(`"user_id"`) || !s.take(`:`) || !s.take(`"`) {
		return nil, false
	}
	n := 0
	for n < len(s) && plain[s[n]] {
		n++
	}
	user, s = s[:n:n], s[n:]
	// No blank may stand before the closing quote: it would belong to the id.
	if n == 0 || n > sale.MaxUser || len(s) == 0 || s[0] != '"' {
		return nil, false
	}
	s = s[1:]
	if !s.take(`}`) {
		return nil, false
	}
	s.skip()
	return user, len(s) == 0
}

// A scanner is what is left of a body.
type scanner []byte

// take passes over blanks and then text, and reports whether it was there. After
// the opening quote of a string nothing is passed over.
func (s *scanner) take(text string) bool {
	s.skip()
	if len(*s) < len(text) || string((*s)[:len(text)]) != text {
		return false
	}
	*s = (*s)[len(text):]
	return true
}

func (s *scanner) skip() {
	i := 0
	for i < len(*s) && ((*s)[i] == ' ' || (*s)[i] == '\n' || (*s)[i] == '\t' || (*s)[i] == '\r') {
		i++
	}
	*s = (*s)[i:]
}
