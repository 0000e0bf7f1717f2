package app

import (
	"context"
	"math"
	"strings"

	"seckill/internal/metrics"
	"seckill/internal/opening"
	"seckill/internal/orderstore"
)

// measureProcess shows what there is to see of a process from its start.
func (p *Program) measureProcess() {
	b := p.cfg.Build
	p.counts.Gauges("seckill_build_info", "What this process was built from: 1.", []string{"version", "revision", "goversion"},
		func(show func(float64, ...string)) { show(1, b.Version, b.Revision, b.Go) })
	p.counts.Gauge("seckill_connections", "Connections to this process.", func() float64 { return float64(p.listener.Len()) })
	p.counts.Gauge("seckill_connections_limit", "How many connections there may be: --max-connections.", func() float64 { return float64(p.listener.Max()) })
	p.counts.Gauge("seckill_tls_certificate_end_timestamp_seconds", "When the certificate of this process ends. Absent without TLS.", func() float64 {
		if p.pair == nil {
			return math.NaN()
		}
		return float64(p.pair.Ends().Unix())
	})
	p.counts.Gauge("seckill_http_requests_in_flight", "Connections with a request that is being answered.", func() float64 { return float64(p.listener.Busy()) })
	p.counts.Gauge("seckill_ready", "Whether this process can do its work, as /readyz says: 1 or 0.", func() float64 {
		return truth(p.wired.Load() && len(p.condition(p.work).Missing) == 0)
	})
	p.counts.Gauges("seckill_server_up", "Whether a server of the cluster answers this process: 1 or 0.", []string{"server"}, func(show func(float64, ...string)) {
		up := p.waits.up
		if p.wired.Load() {
			up = func() map[string]bool { return p.mode.servers(p.work, p.keepers) }
		}
		for server, answers := range up() {
			show(truth(answers), strings.ToLower(server))
		}
	})
}

// measure shows what there is to see once the keepers are there.
func (p *Program) measure() {
	p.counts.Gauge("seckill_unprojected_records", "Records in the log that the store has not applied yet. Absent where log or store cannot be asked.", p.lag)
	p.counts.Gauge("seckill_openings_under_way", "Gates with orders that this process is opening.", func() float64 { return float64(len(p.openings.Progress())) })
	p.counts.Together([]metrics.Gauge{
		{Name: "seckill_opening_orders", Help: "Orders of those gates."},
		{Name: "seckill_opening_loaded_orders", Help: "Orders of those gates that are loaded."},
	}, nil, func(show func([]float64, ...string)) {
		loaded, of := p.openings.Orders()
		show([]float64{float64(of), float64(loaded)})
	})
	p.counts.Together([]metrics.Gauge{
		{Name: "seckill_open_payments", Help: "Payments that are late (they wait for a unit) or refund_due (somebody has to pay them back). Absent where the store cannot be asked."},
		{Name: "seckill_open_payments_since_timestamp_seconds", Help: "Since when the oldest of them is. Absent where there is none."},
	}, []string{"status"}, p.openPayments)
	p.counts.Together([]metrics.Gauge{
		{Name: "seckill_verify_findings", Help: "Findings of the last audit that this process made. Absent before one."},
		{Name: "seckill_verify_end_timestamp_seconds", Help: "When that audit ended."},
	}, nil, func(show func([]float64, ...string)) {
		findings, at := p.auditor.last()
		show([]float64{findings, at})
	})
	if p.cfg.sells() {
		p.measureGates()
	}
}

// measureGates shows the gates as they were when they were last looked at.
func (p *Program) measureGates() {
	p.counts.Gauges("seckill_gates", "Gates of products, by how this process last found them.", []string{"state"}, func(show func(float64, ...string)) {
		gates := p.monitor.Gates()
		for _, state := range opening.States {
			show(float64(gates[state]), string(state))
		}
	})
	p.counts.Gauge("seckill_outbox_orders", "Admitted orders that wait for the log, of all gates. Absent where one does not answer.", func() float64 {
		if orders, known := p.monitor.Outbox(); known {
			return float64(orders)
		}
		return math.NaN()
	})
	p.counts.Gauge("seckill_outbox_limit_orders", "How many may wait at one gate: --max-unrelayed.", func() float64 { return float64(p.cfg.MaxUnrelayed) })
	if p.cfg.MetricsProducts == 0 {
		return
	}
	p.counts.Together([]metrics.Gauge{
		{Name: "seckill_product_remaining_units", Help: "Units of a product that are left. Of the first products by id: --metrics-products."},
		{Name: "seckill_product_outbox_orders", Help: "Admitted orders of a product that wait for the log."},
	}, []string{"product"}, func(show func([]float64, ...string)) {
		p.monitor.Counts(p.cfg.MetricsProducts, func(product string, remaining, waiting int64) {
			show([]float64{float64(remaining), float64(waiting)}, product)
		})
	})
}

func (p *Program) countOpenings() (opened func(opening.Cause)) {
	var causes []string
	for _, c := range opening.Causes {
		causes = append(causes, string(c))
	}
	count := p.counts.Count("seckill_openings_total", "Gates that this process opened, by what asked for it.", "cause", causes...)
	return func(c opening.Cause) { count(string(c), 1) }
}

func (p *Program) countDeadLetters() (more func(n int)) {
	count := p.counts.Count("seckill_dead_letters_total", "Lines of the log that this process folded and that are no record, or make no sense.", "")
	return func(n int) { count("", n) }
}

// lag is how many records the store has to apply yet, and no number if nobody can tell.
func (p *Program) lag() float64 {
	ctx, cancel := context.WithTimeout(p.work, askWithin) // nobody waits long for metrics
	defer cancel()
	records, folded, err := orderstore.Folded(ctx, p.keepers.log, p.keepers.store)
	if err != nil {
		return math.NaN()
	}
	return float64(records - folded)
}

// openPayments shows for how many payments something has to be done, and since when, by their status.
func (p *Program) openPayments(show func(values []float64, status ...string)) {
	ctx, cancel := context.WithTimeout(p.work, askWithin)
	defer cancel()
	all, _ := p.keepers.store.OpenPayments(ctx) // of what cannot be asked nothing is shown
	for _, o := range all {
		since := math.NaN()
		if o.Count > 0 {
			since = float64(o.Since.UnixMilli()) / 1000
		}
		show([]float64{float64(o.Count), since}, string(o.Status))
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
