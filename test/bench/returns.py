"""A sale that is sold out, while units trickle back: what the many who get none wait, and how soon a unit is sold again."""

import contextlib
import datetime
import multiprocessing.pool
import statistics
import threading
import time

import cluster
import gauges
import seckill

BUYERS, RATE, RETURNS, SECONDS = 300_000, 2_000, 10, 10  # orders kept; buyers and returns a second; for so long


def returns(figures, folder, scale):
    """One process, and a cluster with a crowd at each of two that sell."""
    for place, serve in ((folder / "one", one), (folder / "two", two)):
        place.mkdir()
        with serve(place) as urls:
            trickle(figures, urls, "embedded" if serve is one else "cluster", round(BUYERS * scale))


@contextlib.contextmanager
def one(folder, **serve_with):
    with seckill.serve(folder, **serve_with) as sale:
        yield [sale.url]


@contextlib.contextmanager
def two(folder, **cluster_with):
    with cluster.cluster(folder, **cluster_with) as c:
        yield [f"http://{c.processes[name][1]}" for name in ("api-1", "api-2")]


def trickle(figures, urls, mode, buyers):
    part = f"sold out, while {RETURNS} units a second come back, {mode}"
    status, body = seckill.call("PUT", f"{urls[0]}/api/products/trickle", {"quantity": buyers, "payment_window": "168h"})
    if status != 201:
        raise seckill.Failed(f"PUT: {status} {body}")
    gauges.rush(urls[0], "trickle", buyers, "--over", "0s", "--connections", "1000")
    gauges.placed(urls[0], "trickle", buyers)
    still, _ = crowd(urls)
    returning = Returning(urls[0])
    with returning:
        busy, command = crowd(urls)
    figures.add(part, "p99 without", "ms", still, command)
    figures.add(part, "p99", "ms", busy, command)
    figures.add(part, "p99, × without", "×", busy / still, command, ("<=", 3))
    soon = returning.sold_after()
    figures.add(part, "freed until placed again, median", "ms", statistics.median(soon))
    figures.add(part, "freed until placed again, the slowest of 20", "ms", statistics.quantiles(soon, n=20)[-1], goal=("<=", 100))


def crowd(urls):
    """The worse p99 of a crowd at each of urls, and the command of one."""
    n = RATE * SECONDS // len(urls)
    with multiprocessing.pool.ThreadPool(len(urls)) as all_at_once:
        reports = all_at_once.map(lambda url: gauges.rush(url, "trickle", n, "--over", f"{SECONDS}s", "--connections", "64"), urls)
    return max(report["latency"]["p99_ms"] for report, _ in reports), reports[0][1]


class Returning:
    """A context: orders are cancelled, RETURNS a second."""

    def __init__(self, url):
        self.url, self.over = url, threading.Event()
        self.orders = self.listed(f"limit={RETURNS * SECONDS * 2}")
        self.last = self.listed("order=newest&limit=1")[0]["number"]
        self.thread = threading.Thread(target=self.cancel)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def listed(self, query):
        return seckill.call("GET", f"{self.url}/api/products/trickle/orders?{query}")[1]["orders"]

    def cancel(self):
        due = time.monotonic()
        for order in self.orders:
            if self.over.wait(max(0, due - time.monotonic())):
                return
            due += 1 / RETURNS
            seckill.call("POST", f"{self.url}/api/orders/{order['order_id']}/cancel")

    def sold_after(self):
        """How long after each unit came free the next order was placed, in ms, by the tables' clock."""
        ended = sorted(stamp(o["ended_at"]) for o in self.listed(f"limit={len(self.orders)}") if "ended_at" in o)
        placed = [stamp(o["placed_at"]) for o in self.listed(f"after={self.last}&limit=1000")]
        if not ended or len(placed) < len(ended) - RETURNS:  # the crowd may be gone before the last ones
            raise seckill.Failed(f"{len(placed)} orders for {len(ended)} units that came free")
        return [1000 * (p - e) for e, p in zip(ended, sorted(placed))]


def stamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
