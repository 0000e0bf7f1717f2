package opening

import (
	"context"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// load fills the gate from one snapshot and opens it. A snapshot of a later
// epoch is somebody else's to load.
func (o *Opener) load(ctx context.Context, a *Attempt) error {
	id, epoch := a.record.ProductID, a.record.Epoch
	if a.Product.Deleted {
		if err := o.Gate.Remove(ctx, id, epoch); err != nil {
			return err
		}
		o.Opened(id)
		return nil
	}
	p, err := o.Store.Snapshot(ctx, id, func(orders []sale.Order) error {
		err := o.Gate.Load(ctx, id, epoch, a.incarnation, holdings(orders))
		a.loaded.Add(int64(len(orders)))
		return err
	})
	if err != nil {
		return err
	}
	if p.Epoch != epoch {
		return errLost
	}
	err = o.Gate.Open(ctx, id, epoch, a.incarnation, gate.Start{
		Terms:     gate.HoursOf(&p),
		Remaining: p.Terms.Quantity - p.Held,
		Returned:  p.LastReturn,
	})
	if err != nil {
		return err
	}
	o.Opened(id)
	return nil
}

func holdings(orders []sale.Order) []gate.Holding {
	hs := make([]gate.Holding, len(orders))
	for i, o := range orders {
		hs[i] = gate.Holding{User: o.UserID, Order: o.ID, Ended: !o.Status.Holds(), Origin: o.Origin}
	}
	return hs
}
