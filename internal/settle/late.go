package settle

import (
	"context"
	"errors"

	"seckill/internal/crash"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// latePage bounds the late payments that are looked after at once.
const latePage = 100

// Look asks the gates for a unit for each late payment of one partition: the order of
// such a payment, once it is folded, is paid. Where there is none, the payment is owed back. Whatever keeps a gate
// from saying so leaves it late, to be asked for the next time.
func (p *Payments) Look(ctx context.Context, partition int32) error {
	var after sale.Payment
	for {
		late, err := p.store.Late(ctx, partition, after, latePage)
		if err != nil || len(late) == 0 {
			return err
		}
		if err := p.lookAfter(ctx, partition, late); err != nil || len(late) < latePage {
			return err
		}
		after = late[len(late)-1]
	}
}

func (p *Payments) lookAfter(ctx context.Context, partition int32, late []sale.Payment) error {
	groups := map[string][]string{} // by those products whose gates can tell
	for _, m := range late {
		if _, known := groups[m.ProductID]; !known {
			groups[m.ProductID] = p.groups(ctx, m.ProductID)
		}
	}
	reasons := make([]string, len(late))
	_ = p.each(int32(len(late)), func(i int32) error {
		if in := groups[late[i].ProductID]; in != nil {
			reasons[i] = p.ask(ctx, &late[i], in)
		}
		return nil
	})
	var owed []sale.Record
	for i, m := range late {
		if reasons[i] != "" {
			owed = append(owed, sale.Record{Kind: sale.KindRefundDue, ProductID: m.ProductID, PaymentID: m.ID, Reason: reasons[i], At: p.now()})
		}
	}
	if len(owed) == 0 {
		return nil
	}
	crash.At("settle: what is owed back is to be appended")
	at, err := p.log.Append(ctx, partition, owed)
	if err != nil {
		return err
	}
	crash.At("settle: the log has what is owed back")
	return p.store.Passed(ctx, at)
}

// groups are those under which late payments of a product ask for a unit: whoever had an order
// of it was in its group. Nil: its gate cannot tell, also if it has not taken the units
// yet that came free before this, that of the payment's own order among them.
func (p *Payments) groups(ctx context.Context, product string) []string {
	kept, err := p.store.Product(ctx, product)
	if err != nil {
		return nil
	}
	v, err := p.Gate.View(ctx, product)
	if err != nil || v.Epoch != kept.Epoch || v.Returned < kept.LastReturn {
		return nil
	}
	if kept.Terms.Group == "" {
		return []string{}
	}
	return []string{kept.Terms.Group}
}

// ask asks the gate for a unit, and returns why there is none for good; empty: there is
// one, or nobody can tell.
func (p *Payments) ask(ctx context.Context, m *sale.Payment, groups []string) (reason string) {
	o, err := p.store.Order(ctx, m.OrderID)
	if errors.Is(err, sale.ErrNotFound) {
		return sale.UnknownOrder
	}
	if err != nil {
		return ""
	}
	crash.At("settle: a unit is to be asked for")
	answer, err := p.Desk.Buy(ctx, ctx, m.ProductID, purchase.Request{User: o.UserID, Order: m.LateID, Groups: groups})
	crash.At("settle: a unit was asked for")
	if err != nil {
		return ""
	}
	return noUnit[answer.Result]
}

// noUnit are the answers after which a payment is owed back.
var noUnit = map[purchase.Result]string{
	purchase.SoldOut:       "sold_out",
	purchase.AlreadyBought: "limit_reached",
	purchase.OrderLimit:    "order_limit",
	purchase.Closed:        "closed",
}
