#!/usr/bin/env python3
"""Is the second of two binaries of seckill better than the first? Both at the same work, in turn, in one run.

  test/bench/compare.py bin/before bin/after

Each round runs both, in random order. A change is kept where the ranges do not overlap, and taken back where they do.
"""

import os
import pathlib
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
import buys  # noqa: E402
import figures as figures_  # noqa: E402
import gauges  # noqa: E402
import refusals  # noqa: E402
import seckill  # noqa: E402

ROUNDS, SECONDS, BUYERS = 5, 4, 150_000


def measure(figures, folder, name, binary):
    """Embedded, refusing and then admitting."""
    with seckill.serve(folder, binary=binary) as sale:
        refusals.sell_out(sale)
        gauges.wrk(sale.url + refusals.PATH, 1)
        with gauges.Meter({"server": [sale.pid]}) as m:
            answers, rate = gauges.wrk(sale.url + refusals.PATH, SECONDS)
        m.add(figures, f"sold out: {name}", answers)
        figures.add(f"sold out: {name}", "answers", "/s", rate)
        sale.put("admit256", BUYERS)
        buys.admitted(figures, sale.url, {"server": [sale.pid]}, f"placed: {name}", BUYERS, 256)


def run():
    figures = figures_.Figures(suite="compare", rounds=ROUNDS, seed=random.randrange(10**6))
    random.seed(figures.about["seed"])
    for _ in range(ROUNDS):
        for binary in random.sample(sys.argv[1:3], 2):
            with tempfile.TemporaryDirectory(prefix="bench-", dir=seckill.CACHE) as tmp:
                measure(figures, pathlib.Path(tmp), pathlib.Path(binary).name, pathlib.Path(binary).resolve())
    figures.parts = dict(sorted(figures.parts.items()))
    figures.print()


os.environ["PATH"] += ":/usr/sbin"  # nginx, for those who are not root
seckill.main(run)
