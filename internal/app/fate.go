package app

import (
	"context"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// look finds out what the store can tell about the claims. An order that is not
// there may still come, unless its epoch has passed: an order of a past epoch has
// no effect. So the epoch is read before the orders are looked for again.
func (r *reading) look(ctx context.Context, store placedStore) error {
	missing, err := r.find(ctx, store, r.claims)
	if err != nil || len(missing) == 0 {
		return err
	}
	epochs := map[string]int64{}
	for _, c := range missing {
		if _, known := epochs[c.Product]; known {
			continue
		}
		p, err := store.Product(ctx, c.Product)
		if err != nil {
			return err
		}
		epochs[c.Product] = p.Epoch
	}
	if missing, err = r.find(ctx, store, missing); err != nil {
		return err
	}
	for _, c := range missing {
		if epochs[c.Product] > c.Epoch {
			r.fates[admitted{c.Order, c.Epoch}] = purchase.IsVoid
		}
	}
	return nil
}

// find notes the fates of the claims whose orders are there, and returns the others.
func (r *reading) find(ctx context.Context, store placedStore, claims []purchase.Claim) (missing []purchase.Claim, err error) {
	ids := make([]sale.OrderID, len(claims))
	for i, c := range claims {
		ids[i] = c.Order
	}
	orders, err := store.OrdersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	kept := make(map[sale.OrderID]*sale.Order, len(orders))
	for i := range orders {
		kept[orders[i].ID] = &orders[i]
	}
	for _, c := range claims {
		switch o := kept[c.Order]; {
		case o != nil && o.Status != sale.Rejected:
			r.fates[admitted{c.Order, c.Epoch}] = purchase.IsPlaced
		case o != nil && o.Epoch >= c.Epoch: // the fold refused it
			r.fates[admitted{c.Order, c.Epoch}] = purchase.IsVoid
		default:
			missing = append(missing, c)
		}
	}
	return missing, nil
}
