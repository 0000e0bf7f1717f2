package app

import (
	"context"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

type measuredStore struct {
	orderstore.Keeper
	*calls
}

func (k measuredStore) Mark(ctx context.Context, partition int32) (_ orderstore.Mark, err error) {
	defer k.done("Mark", time.Now(), &err)
	return k.Keeper.Mark(ctx, partition)
}

func (k measuredStore) Apply(ctx context.Context, b orderstore.Batch, fold func(now time.Time, states []*sale.State) []orderstore.DeadLetter) (err error) {
	defer k.done("Apply", time.Now(), &err)
	return k.Keeper.Apply(ctx, b, fold)
}

func (k measuredStore) ReturnsAbove(ctx context.Context, product string, after int64, most int) (epoch int64, returns []sale.Return, err error) {
	defer k.done("ReturnsAbove", time.Now(), &err)
	return k.Keeper.ReturnsAbove(ctx, product, after, most)
}

func (k measuredStore) Product(ctx context.Context, id string) (_ sale.Product, err error) {
	defer k.done("Product", time.Now(), &err)
	return k.Keeper.Product(ctx, id)
}

func (k measuredStore) Products(ctx context.Context, deleted bool) (_ []sale.Product, err error) {
	defer k.done("Products", time.Now(), &err)
	return k.Keeper.Products(ctx, deleted)
}

func (k measuredStore) Snapshot(ctx context.Context, product string, f func([]sale.Order) error) (_ sale.Product, err error) {
	defer k.done("Snapshot", time.Now(), &err)
	return k.Keeper.Snapshot(ctx, product, f)
}

func (k measuredStore) Passed(ctx context.Context, at sale.Position) (err error) {
	defer k.done("Passed", time.Now(), &err)
	return k.Keeper.Passed(ctx, at)
}

func (k measuredStore) Order(ctx context.Context, id sale.OrderID) (_ sale.Order, err error) {
	defer k.done("Order", time.Now(), &err)
	return k.Keeper.Order(ctx, id)
}

func (k measuredStore) OrdersByID(ctx context.Context, ids []sale.OrderID) (_ []sale.Order, err error) {
	defer k.done("OrdersByID", time.Now(), &err)
	return k.Keeper.OrdersByID(ctx, ids)
}

func (k measuredStore) List(ctx context.Context, q orderstore.Query) (_ []sale.Order, err error) {
	defer k.done("List", time.Now(), &err)
	return k.Keeper.List(ctx, q)
}

func (k measuredStore) Search(ctx context.Context, q sale.Search) (_ []sale.Order, err error) {
	defer k.done("Search", time.Now(), &err)
	return k.Keeper.Search(ctx, q)
}

func (k measuredStore) Count(ctx context.Context, q sale.Search) (_ int64, err error) {
	defer k.done("Count", time.Now(), &err)
	return k.Keeper.Count(ctx, q)
}

func (k measuredStore) Due(ctx context.Context, partition int32, most int) (_ []sale.Order, err error) {
	defer k.done("Due", time.Now(), &err)
	return k.Keeper.Due(ctx, partition, most)
}

func (k measuredStore) Meta(ctx context.Context, key string, propose []byte) (_ []byte, err error) {
	defer k.done("Meta", time.Now(), &err)
	return k.Keeper.Meta(ctx, key, propose)
}

func (k measuredStore) Audit(ctx context.Context, f func(orderstore.Snapshot) error) (err error) {
	defer k.done("Audit", time.Now(), &err)
	return k.Keeper.Audit(ctx, f)
}

func (k measuredStore) Alive(ctx context.Context, p orderstore.Process) (err error) {
	defer k.done("Alive", time.Now(), &err)
	return k.Keeper.Alive(ctx, p)
}

func (k measuredStore) Ended(ctx context.Context, id string) (err error) {
	defer k.done("Ended", time.Now(), &err)
	return k.Keeper.Ended(ctx, id)
}

func (k measuredStore) Allow(ctx context.Context, version int) (err error) {
	defer k.done("Allow", time.Now(), &err)
	return k.Keeper.Allow(ctx, version)
}

func (k measuredStore) Living(ctx context.Context) (_ []orderstore.Process, err error) {
	defer k.done("Living", time.Now(), &err)
	return k.Keeper.Living(ctx)
}

func (k measuredStore) Renew(ctx context.Context, from, to map[int32]orderstore.Mark) (err error) {
	defer k.done("Renew", time.Now(), &err)
	return k.Keeper.Renew(ctx, from, to)
}

func (k measuredStore) AddToken(ctx context.Context, t orderstore.Token) (err error) {
	defer k.done("AddToken", time.Now(), &err)
	return k.Keeper.AddToken(ctx, t)
}

func (k measuredStore) RevokeToken(ctx context.Context, name string) (err error) {
	defer k.done("RevokeToken", time.Now(), &err)
	return k.Keeper.RevokeToken(ctx, name)
}

func (k measuredStore) Tokens(ctx context.Context) (_ []orderstore.Token, err error) {
	defer k.done("Tokens", time.Now(), &err)
	return k.Keeper.Tokens(ctx)
}

func (k measuredStore) History(ctx context.Context, q sale.HistoryQuery) (_ []sale.HistoryEntry, err error) {
	defer k.done("History", time.Now(), &err)
	return k.Keeper.History(ctx, q)
}

func (k measuredStore) Payment(ctx context.Context, product, id string) (_ sale.Payment, err error) {
	defer k.done("Payment", time.Now(), &err)
	return k.Keeper.Payment(ctx, product, id)
}

func (k measuredStore) PaymentsByID(ctx context.Context, keys []sale.PaymentKey) (_ []sale.Payment, err error) {
	defer k.done("PaymentsByID", time.Now(), &err)
	return k.Keeper.PaymentsByID(ctx, keys)
}

func (k measuredStore) Payments(ctx context.Context, q sale.PaymentQuery) (_ []sale.Payment, err error) {
	defer k.done("Payments", time.Now(), &err)
	return k.Keeper.Payments(ctx, q)
}

func (k measuredStore) Late(ctx context.Context, partition int32, after sale.Payment, most int) (_ []sale.Payment, err error) {
	defer k.done("Late", time.Now(), &err)
	return k.Keeper.Late(ctx, partition, after, most)
}

func (k measuredStore) OpenPayments(ctx context.Context) (_ []sale.OpenPayments, err error) {
	defer k.done("OpenPayments", time.Now(), &err)
	return k.Keeper.OpenPayments(ctx)
}

func (k measuredStore) AddToTimelines(ctx context.Context, products []string, add func(string, []byte) []byte) (err error) {
	defer k.done("AddToTimelines", time.Now(), &err)
	return k.Keeper.AddToTimelines(ctx, products, add)
}

func (k measuredStore) Timeline(ctx context.Context, product string) (_ []byte, err error) {
	defer k.done("Timeline", time.Now(), &err)
	return k.Keeper.Timeline(ctx, product)
}
