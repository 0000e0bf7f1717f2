"""How many orders expire a second, where many are due at once."""

import os
import signal
import time

import cluster
import gauges
import seckill

PRODUCTS, ORDERS, WINDOW = 4, 10_000, 30  # orders of each product; seconds to pay, fewer than a silent projector keeps its partitions


def expiry(figures, folder, scale):
    """One process, and a cluster."""
    for place in (folder / "one", folder / "two"):
        place.mkdir()
    with seckill.serve(folder / "one") as sale:
        expire(figures, "embedded", sale.url, sale.pid, round(ORDERS * scale))
    with cluster.cluster(folder / "two") as c:
        expire(figures, "cluster", f"http://{c.processes['api-1'][1]}", c.processes["projector"][0], round(ORDERS * scale))


def expire(figures, mode, url, pid, orders):
    """All are due when the process that expires them wakes up."""
    products = [f"due{n}" for n in range(PRODUCTS)]
    for product in products:
        status, body = seckill.call("PUT", f"{url}/api/products/{product}", {"quantity": orders, "payment_window": f"{WINDOW}s"})
        if status != 201:
            raise seckill.Failed(f"PUT: {status} {body}")
        _, command = gauges.rush(url, product, orders, "--over", "0s")
    for product in products:
        gauges.placed(url, product, orders)
    os.kill(pid, signal.SIGSTOP)
    time.sleep(WINDOW + 1)
    os.kill(pid, signal.SIGCONT)
    began = time.monotonic()
    for product in products:
        gauges.placed(url, product, 0)
    figures.add(f"{PRODUCTS * orders:,} orders are due, {mode}", "expired", "/s", PRODUCTS * orders / (time.monotonic() - began), command)
