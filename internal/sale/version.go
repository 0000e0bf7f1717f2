package sale

// Version is the highest version of records that this program reads. Whatever a
// program of before would not read raises it: a kind, a field, an alphabet, a state.
const Version = 3

// Version is the lowest version that can express r, and the one under which it is
// written. What came with a version above 1 is named in this file, and nowhere else.
func (r *Record) Version() int {
	switch r.Kind {
	case KindOrder:
		if r.Origin != "" {
			return 3
		}
		return UserVersion(r.UserID)
	case KindPay, KindCancel:
		if r.By != "" || r.PaymentID != "" {
			return 3
		}
	case KindOpening:
		if r.By != "" {
			return 3
		}
		if v := r.Terms.version(); r.Skips == 0 || v > 2 {
			return v
		}
		return 2
	case KindVoid, KindRefundDue, KindRefunded:
		return 3
	case KindState:
		return max(2, r.Chunk.version())
	}
	return 1
}

// UserVersion is the lowest version of a record that names this user.
func UserVersion(user string) int {
	if CheckID(user) {
		return 1
	}
	return 3
}

func (t *Terms) version() int {
	if t.Archived || t.Group != "" || t.UnpaidPerAddress > 0 || t.Price != (Price{}) || t.URL != "" || t.ImageURL != "" {
		return 3
	}
	return 1
}

func (c *Chunk) version() int {
	v := 1
	if c.Product != nil {
		v = c.Product.Terms.version()
	}
	if len(c.History) > 0 || c.Product != nil && c.Product.LastEntry > 0 {
		v = 3
	}
	for i := range c.Orders {
		v = max(v, UserVersion(c.Orders[i].UserID))
		if c.Orders[i].Price != (Price{}) || c.Orders[i].PaymentID+c.Orders[i].VoidReason+c.Orders[i].Origin != "" {
			v = 3
		}
	}
	if len(c.Payments) > 0 {
		v = 3
	}
	for i := range c.Returns {
		v = max(v, UserVersion(c.Returns[i].UserID))
		if c.Returns[i].Origin != "" {
			v = 3
		}
	}
	return v
}
