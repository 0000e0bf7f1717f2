package sale

// Version is the highest version of records that this program reads. Whatever a
// program of before would not read raises it: a kind, a field, an alphabet, a state.
const Version = 2

// Version is the lowest version that can express r, and the one under which it is
// written. What came with a version above 1 is named here, and nowhere else.
func (r *Record) Version() int {
	if r.Skips > 0 || r.Kind == KindState {
		return 2
	}
	return 1
}
