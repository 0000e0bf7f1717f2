#!/usr/bin/env python3
"""Is one binary of seckill better than another? All at the same work, in turn, in one run.

  test/bench/compare.py [--cluster] [--payments] bin/before bin/after

Each round runs all, in random order. A change is kept where the ranges do not overlap, and taken back where they do.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
import buys  # noqa: E402
import figures as figures_  # noqa: E402
import gauges  # noqa: E402
import refusals  # noqa: E402
import seckill  # noqa: E402

SECONDS, BUYERS, PAYMENTS = 4, 150_000, 20_000


def embedded(figures, folder, name, binary, payments_only):
    """Refusing, admitting, and taking payments."""
    with seckill.serve(folder, binary=binary) as sale:
        server = {"server": [sale.pid]}
        if not payments_only:
            refusals.sell_out(sale)
            gauges.wrk(sale.url + refusals.PATH, 1)
            with gauges.Meter(server) as m:
                answers, rate = gauges.wrk(sale.url + refusals.PATH, SECONDS)
            m.add(figures, f"sold out: {name}", answers)
            figures.add(f"sold out: {name}", "answers", "/s", rate)
            sale.put("admit256", BUYERS)
            buys.admitted(figures, sale.url, server, f"placed: {name}", BUYERS, 256)
        paid(figures, sale.url, server, name)


def cluster(figures, folder, name, binary, payments_only):
    """Admitting, by so many connections, and taking payments."""
    with buys.clustered(folder, binary=binary) as sale:
        for connections in () if payments_only else (256, 1000):
            sale.put(f"admit{connections}", BUYERS // 2)
            buys.admitted(figures, sale.url, {**sale.processes, **gauges.servers(sale.devstack)},
                          f"placed, cluster, {connections}: {name}", BUYERS // 2, connections)
        paid(figures, sale.url, {**sale.processes, **gauges.servers(sale.devstack)}, name)


def paid(figures, url, processes, name):
    """Orders with a price, and then a payment for each."""
    args = [seckill.ROOT / "bin" / "pay", "--url", url, "--n", str(PAYMENTS), "--c", "256"]
    with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as pay:
        for what in ("orders", "payments"):
            with gauges.Meter(processes) as m:
                told = pay.stdout.readline().split()  # 20000 orders, 24590 a second
            if told[1:2] != [what + ","]:
                raise seckill.Failed(f"pay tells of no {what}: {told}")
            m.add(figures, f"{what} with a price: {name}", PAYMENTS)
            figures.add(f"{what} with a price: {name}", "answers", "/s", float(told[2]))
    rates = [figures.last(f"{what} with a price: {name}", "answers") for what in ("payments", "orders")]
    figures.add(f"payments with a price: {name}", "answers, × orders", "×", rates[0] / rates[1])


def run():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cluster", action="store_true", help="with Redis, Kafka and Postgres, instead of embedded")
    parser.add_argument("--payments", action="store_true", help="payments only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("binary", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    figures = figures_.Figures(suite="compare", rounds=args.rounds, seed=random.randrange(10**6))
    random.seed(figures.about["seed"])
    seckill.CACHE.mkdir(exist_ok=True)
    for _ in range(args.rounds):
        for binary in random.sample(args.binary, len(args.binary)):
            with tempfile.TemporaryDirectory(prefix="bench-", dir=seckill.CACHE) as tmp:
                (cluster if args.cluster else embedded)(figures, pathlib.Path(tmp), binary.name, binary.resolve(), args.payments)
    figures.parts = dict(sorted(figures.parts.items()))
    figures.print()


os.environ["PATH"] += ":/usr/sbin"  # nginx, for those who are not root
seckill.main(run)
