"""Buyers who get a unit, crowds at very few of them, and the plain handler at the same work."""

import contextlib
import random

import cluster
import gauges
import refusals
import seckill

CLIENTS = ["usual", "batching"]  # of the plain handler


@contextlib.contextmanager
def clustered(folder, **cluster_with):
    """A cluster, by one of its processes that sell: nginx in front of it would be what is measured."""
    with cluster.cluster(folder, **cluster_with) as c:
        pid, address = c.processes["api-1"]
        sale = seckill.Sale(f"http://{address}", pid, None)
        sale.flags = c.flags
        sale.devstack = c.processes["devstack"][0]
        sale.processes = {"api": [pid], "projector": [c.processes["projector"][0]]}
        yield sale


def admitted(figures, url, processes, part, buyers, connections, goal=None, token=None, passes=None):
    """Orders a second, all of them placed, as fast as so many connections carry them."""
    product = f"admit{connections}"
    with gauges.Meter(processes, url, token) as m:
        report, command = gauges.rush(url, product, buyers, "--over", "0s", "--connections", str(connections), passes=passes)
        gauges.placed(url, product, buyers)
    m.add(figures, part, buyers)
    figures.add(part, "answers", "/s", report["placed_per_s"], command, goal)
    figures.add(part, "p50", "ms", report["latency"]["p50_ms"])
    figures.add(part, "p99", "ms", report["latency"]["p99_ms"])
    return report["placed_per_s"]


def crowds(figures, sale, mode, scale, most_ms):
    """10,000 buyers in five seconds, and 10,000 in one."""
    for seconds, most in ((5, most_ms), (1, 1000)):
        crowd(figures, sale, mode, scale, seconds, ("<=", most))


def crowd(figures, sale, mode, scale, seconds, goal=None):
    product, buyers, part = f"crowd-{seconds}s", round(10_000 * scale), f"10,000 buyers in {seconds} s, {mode}"
    sale.put(product, 100)
    with gauges.Meter({"server": [sale.pid]}, sale.url) as m:
        report, command = gauges.rush(sale.url, product, buyers, "--over", f"{seconds}s", "--new-connections",
                                      "--connections", str(buyers), errors=True)
    m.add(figures, part, buyers)
    gauges.placed(sale.url, product, 100)
    figures.add(part, "errors", "", report["errors"], command, ("<=", 0))
    figures.add(part, "answers", "/s", report["answers_per_s"])
    figures.add(part, "p50", "ms", report["latency"]["p50_ms"])
    figures.add(part, "p99", "ms", report["latency"]["p99_ms"], goal=goal)


def embedded(figures, folder, scale):
    """One round of a process by itself."""
    with seckill.serve(folder) as sale:
        crowds(figures, sale, "embedded", scale, 10)
        refusals.beside_the_floors(figures, folder, sale, scale, "embedded")
    (folder / "fresh").mkdir()
    with seckill.serve(folder / "fresh") as sale:
        buyers = round(200_000 * scale)
        sale.put("admit256", buyers)
        admitted(figures, sale.url, {"server": [sale.pid]}, "placed, embedded, 256 connections", buyers, 256, (">=", 20_000))


def whole_cluster(figures, folder, scale):
    """One round of a cluster: Redis, Kafka, Postgres, a process that sells, one that projects, and the generator."""
    with clustered(folder) as sale:
        crowds(figures, sale, "cluster", scale, 100)
        refusals.beside_the_floors(figures, folder, sale, scale, "cluster")
        rates = {}
        for connections, goal in ((256, 10_000), (1000, 13_000)):
            buyers = round(150_000 * scale)
            sale.put(f"admit{connections}", buyers)
            processes = {**sale.processes, **gauges.servers(sale.devstack)}
            rates[connections] = admitted(figures, sale.url, processes, cluster_part(connections), buyers,
                                          connections, (">=", goal))
        for clients in random.sample(CLIENTS, len(CLIENTS)):
            for connections, rate in plain(figures, folder, sale, clients, round(50_000 * scale)).items():
                figures.add(cluster_part(connections), f"orders a second, × plain, {clients} clients", "×",
                            rates[connections] / rate, goal=(">=", 4) if clients == "usual" else None)


def cluster_part(connections):
    return f"placed, cluster, {connections:,} connections"


def plain_part(clients, connections):
    return f"plain handler, {clients} clients, {connections:,} connections"


def plain(figures, folder, sale, clients, buyers):
    """The plain handler on the same servers, which the cluster has warmed up and leaves alone: connections -> rows a second."""
    port, rates = seckill.free_port(), {}
    url = f"http://127.0.0.1:{port}"
    args = [str(seckill.ROOT / "bin" / "plain"), "--listen", f"127.0.0.1:{port}", "--clients", clients, *sale.flags]
    with seckill.process(args, folder / "plain.log", lambda: cluster.answers(url + "/readyz"), 60) as p:
        processes = {"plain": [p.pid], **gauges.servers(sale.devstack)}  # Postgres has a process for it by now
        for connections in (256, 1000):
            product, part = f"plain{connections}", plain_part(clients, connections)
            seckill.call("PUT", f"{url}/api/products/{product}", {"quantity": buyers})
            with gauges.Meter(processes, url) as m:
                report, command = gauges.rush(url, product, buyers, "--over", "0s", "--connections", str(connections))
                late = gauges.placed(url, product, buyers)
            m.add(figures, part, buyers)
            rates[connections] = buyers / (report["took_s"] + late)
            figures.add(part, "answers", "/s", report["placed_per_s"], command)
            figures.add(part, "rows", "/s", rates[connections])
            figures.add(part, "p50", "ms", report["latency"]["p50_ms"])
            figures.add(part, "p99", "ms", report["latency"]["p99_ms"])
    return rates
