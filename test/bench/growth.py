"""How the cost of an answer grows with what a sale has: products, buyers, orders kept, watchers.

Every point is measured REPEATS times, and where points can be measured in any order, in a random one.
"""

import json
import multiprocessing.pool
import random
import re
import socket
import time

import buys
import expiry
import gauges
import refusals
import returns
import seckill

REPEATS = 3


def refusing(figures, sale, part, what, path, products=0):
    """CPU of a refusal, in the server."""
    with gauges.Meter({"server": [sale.pid]}) as m:
        answers, _ = gauges.wrk(sale.url + path, 2, products)
    figures.add(part, what, "µs", m.cpu["server"] / answers, f"wrk -t1 -c64 -d2s -s test/bench/buy.lua URL{path}")


def products(figures, folder, scale):
    """Sold-out answers of 1, 100 and 10,000 products, asked for in turn."""
    counts = [n for n in (1, 100, 10_000) if n <= 10_000 * scale]
    with seckill.serve(folder) as sale:
        with multiprocessing.pool.ThreadPool(32) as many:  # openings that wait for the same sync
            many.map(lambda n: refusals.sell_out(sale, f"p{n}"), range(max(counts)))
        for n in random.sample(counts * REPEATS, len(counts) * REPEATS):
            refusing(figures, sale, "sold out, by products", f"{n}", "/api/products/p0/orders", n)
        figures.add("sold out, by products", f"resident with {max(counts)}", "MB", gauges.memory_mb([sale.pid]))
    growing(figures, "sold out, by products", max(counts), 1)


def growing(figures, part, at, than, goal=("<=", 1.1)):
    """How much more an answer costs at the end than at the beginning."""
    figures.add(part, f"CPU at {at:,}, × at {than:,}", "×",
                figures.median(part, f"{at}") / figures.median(part, f"{than}"), goal=goal)


def orders(figures, folder, scale):
    """Admitting while orders pile up, refusing those who come after them, and a start with all of them."""
    whole = round(1_000_000 * scale)
    with seckill.serve(folder) as sale:
        sold = [n for n in (1_000, 10_000, 100_000) if n < whole]
        for n in sold:
            sale.put(f"sold{n}", n)
            gauges.rush(sale.url, f"sold{n}", n, "--over", "0s")
        sale.put("full", whole)
        for n in range(10):
            with gauges.Meter({"server": [sale.pid]}) as m:
                report, command = gauges.rush(sale.url, "full", whole // 10, "--over", "0s")
                gauges.placed(sale.url, "full", whole // 10 * (n + 1))
            kept = f"{round(whole * (n + 1) / 10)}"
            figures.add("admitting, CPU by orders kept", kept, "µs", m.cpu["server"] * 10 / whole, command)
            figures.add("admitting, speed by orders kept", kept, "/s", report["placed_per_s"], command)
        name = f"{whole:,} orders"
        figures.add(name, "resident after the sale", "MB", gauges.memory_mb([sale.pid]), goal=("<=", 400))
        figures.add(name, "peak during the sale", "MB", gauges.memory_mb([sale.pid], "VmHWM"))
        counts = [*((n, f"sold{n}") for n in sold), (whole, "full")] * REPEATS
        for n, product in random.sample(counts, len(counts)):
            refusing(figures, sale, "sold out, by buyers", f"{n}", f"/api/products/{product}/orders")
    growing(figures, "sold out, by buyers", whole, min(1_000, whole))
    growing(figures, "admitting, CPU by orders kept", whole, whole // 10, None)
    for _ in range(REPEATS):
        with seckill.serve(folder) as sale:
            figures.add(name, "restart until ready", "s", sale.started_in, goal=("<=", 5))
            figures.add(name, "resident after the restart", "MB", gauges.memory_mb([sale.pid]), goal=("<=", 400))
            gauges.placed(sale.url, "full", whole)


def users(figures, _folder, _scale):
    """The share of that answer that looks for the buyer, up to ten million of them, which takes no server."""
    command = "go test -run - -bench Refuse ./internal/purchase"
    part, took = "looking for a buyer, by buyers", {}
    for buyers, ns, allocations in re.findall(r"Refuse/(\d+)-\d+\s+\d+\s+(\S+) ns/op\s.*?(\d+) allocs/op",
                                              gauges.output(["go", "test", "-C", seckill.ROOT, *command.split()[2:]])):
        took[int(buyers)] = float(ns)
        figures.add(part, buyers, "ns", float(ns), command)
        figures.add(part, "allocations", "", float(allocations), goal=("<=", 0))
    figures.add(part, f"{max(took):,} add to an answer", "ns", took[max(took)] - took[min(took)], goal=("<=", 1000))


def watching(folder, sale, product, watchers):
    """A context: so many event streams."""
    address = sale.url.partition("//")[2]
    log = folder / "watch.log"
    return seckill.process([str(seckill.ROOT / "bin" / "watch"), address, product, str(watchers)], log,
                           lambda: "ready" in log.read_text(), 60)


def watchers(figures, folder, scale):
    """What event streams cost: memory, and the latency of the buyers beside them."""
    counts = [round(n * scale) for n in (0, 1, 1_000, 9_000)]
    for turn, n in enumerate(random.sample(counts * REPEATS, len(counts) * REPEATS)):
        place = folder / str(turn)
        place.mkdir()
        with seckill.serve(place) as sale:
            sale.put("crowd", 100)
        with seckill.serve(place, token="bench") as sale:  # so that watchers are no operators
            before = gauges.memory_mb([sale.pid])
            with watching(place, sale, "crowd", n):
                report, command = gauges.rush(sale.url, "crowd", round(10_000 * scale), "--over", "5s", "--new-connections")
                memory = gauges.memory_mb([sale.pid])
            last = json.loads((place / "watch.log").read_text().splitlines()[-1])
            if last["cut"]:
                raise seckill.Failed(f"{last['cut']} of {n} watchers were cut off")
            figures.add("watchers, buyers' p99", f"{n}", "ms", report["latency"]["p99_ms"], command)
            figures.add("watchers, memory more", f"{n}", "MB", memory - before)
            figures.add("watchers, events each", f"{n}", "", last["events"] / max(1, n))
    most = str(counts[-1])
    alone, among = figures.median("watchers, buyers' p99", "0"), figures.median("watchers, buyers' p99", most)
    figures.add("watchers", f"buyers' p99 among {most}, × alone", "×", among / alone, goal=("<=", 1.2))
    figures.add("watchers", f"memory for {most}", "MB", figures.median("watchers, memory more", most)
                - figures.median("watchers, memory more", "0"), goal=("<=", 60))


def lost_gate(figures, folder, scale):
    """How long buyers are away when Redis loses everything, with very many orders on the product."""
    whole = round(1_000_000 * scale)
    with buys.clustered(folder) as sale:
        sale.put("full", 2 * whole)
        gauges.rush(sale.url, "full", whole, "--over", "0s", "--connections", "1000")
        gauges.placed(sale.url, "full", whole)
        host, port = sale.flags[1].partition("//")[2].partition("/")[0].split(":")
        for n in range(REPEATS):
            with socket.create_connection((host, int(port))) as redis:
                begin = time.monotonic()
                redis.sendall(b"FLUSHALL SYNC\r\n")
                redis.recv(64)
            while seckill.call("POST", f"{sale.url}/api/products/full/orders", {"user_id": f"after{n}"})[0] != 201:
                if time.monotonic() - begin > 120:
                    raise seckill.Failed("nothing was sold in two minutes after a FLUSHALL")
                time.sleep(0.02)
            figures.add(f"a cluster with {whole:,} orders", "FLUSHALL until the next one is placed", "s",
                        time.monotonic() - begin, "redis-cli FLUSHALL", ("<=", 10))


PARTS = {"products": products, "orders": orders, "users": users, "watchers": watchers, "lost gate": lost_gate,
         "returns": returns.returns, "expiry": expiry.expiry}
