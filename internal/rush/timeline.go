package rush

import "time"

// timeline counts endings by time, in at most mostCells cells: when they do not
// suffice, every two become one of twice the width.
type timeline struct {
	width time.Duration
	cells [][kinds]int64
}

const mostCells = 400

func newTimeline() timeline { return timeline{width: 10 * time.Millisecond} }

func (t *timeline) add(k Kind, at time.Duration) {
	for at/t.width >= mostCells {
		t.halve()
	}
	i := int(at / t.width)
	for len(t.cells) <= i {
		t.cells = append(t.cells, [kinds]int64{})
	}
	t.cells[i][k]++
}

func (t *timeline) halve() {
	t.width *= 2
	half := (len(t.cells) + 1) / 2
	for i := range half {
		sum := t.cells[2*i]
		if 2*i+1 < len(t.cells) {
			for k, n := range t.cells[2*i+1] {
				sum[k] += n
			}
		}
		t.cells[i] = sum
	}
	t.cells = t.cells[:half]
}
