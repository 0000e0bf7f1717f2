#!/usr/bin/env python3
"""make bench: the figures that the project promises, with nginx and the disk measured beside them in the same run.

Every round measures everything once, in a random order; the table shows the median and the range. Servers are started
for it on free loopback ports and stopped after it. Data lies under .cache, so that it is the disk that is measured and
not a temporary folder in memory. Linux only: CPU and memory are read from /proc.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import cluster  # noqa: E402
import seckill  # noqa: E402

BINARY = seckill.ROOT / "bin" / "seckill"
TICK = os.sysconf("SC_CLK_TCK")
WRK = ["wrk", "--threads", "1", "--connections", "64", "--script", str(HERE / "buy.lua")]


class Figures:
    """What was measured: name -> unit, target, command, values."""

    def __init__(self):
        self.rows = {}

    def add(self, name, unit, value, command="", target=None):
        row = self.rows.setdefault(name, {"unit": unit, "command": command, "target": target, "values": []})
        row["values"].append(value)

    def finish(self):
        for row in self.rows.values():
            row["median"] = statistics.median(row["values"])
            if row["target"]:
                how, limit = row["target"]
                row["met"] = {"<=": row["median"] <= limit, "<": row["median"] < limit,
                              ">=": row["median"] >= limit}[how]

    def table(self):
        for name, row in sorted(self.rows.items()):
            low, high = min(row["values"]), max(row["values"])
            spread = f"{show(low)} - {show(high)}" if low != high else ""
            verdict = ""
            if row["target"]:
                verdict = "{} {} {}".format(*row["target"], "met" if row["met"] else "MISSED")
            print(f"{name:<44} {show(row['median']):>10} {row['unit']:<5} {spread:<22} {verdict}")
            if row["command"]:
                print(f"    {row['command']}")


def show(x):
    return f"{x:,.0f}" if x >= 1000 else f"{x:.3g}" if x < 100 else f"{x:.0f}"


def family(pid):
    """pid and its children: nginx answers in those."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    return [pid] + [int(c) for c in children.read_text().split()]


def cpu_seconds(pid):
    """User and system time of a process, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    raise seckill.Failed(f"/proc/{pid}/status has no {field}")


def output(args):
    done = subprocess.run([str(a) for a in args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise seckill.Failed(f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def load(url, pid, seconds):
    """Load on one server: (CPU microseconds an answer, answers a second). Every answer has to be a refusal."""
    def wrk(length):
        lines = output([*WRK, "--duration", f"{length}s", "--timeout", "5s", url]).splitlines()
        return json.loads(next(x for x in lines if x.startswith("JSON "))[5:])

    wrk(1)
    before = sum(map(cpu_seconds, family(pid)))
    r = wrk(seconds)
    cpu = sum(map(cpu_seconds, family(pid))) - before
    if r["failed"] or r["not_2xx"] != r["answers"]:
        raise seckill.Failed(f"{url}: not every answer was a refusal: {r}")
    return cpu * 1e6 / r["answers"], r["answers"] * 1e6 / r["us"]


def refusal(url):
    """The bytes and the type of a sold-out answer."""
    req = urllib.request.Request(url, b'{"user_id":"bench"}', {"Content-Type": "application/json"})
    try:
        with seckill.http.open(req, timeout=15) as r:
            raise seckill.Failed(f"{url}: {r.status} where sold out was due")
    except urllib.error.HTTPError as e:
        body = e.read().decode()
        if e.code != 409 or "/problems/sold_out" not in body:
            raise seckill.Failed(f"{url}: {e.code} {body} where sold out was due") from None
        return body, e.headers["Content-Type"]


def nginx(folder, port, body, kind):
    """A context: nginx with two workers that answers every request with body."""
    text = body.replace("\\", "\\\\").replace("'", "\\'")
    if "$" in text:
        raise seckill.Failed("nginx would read a variable in: " + body)
    temp = "\n".join(f"  {t}_temp_path {folder};" for t in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = folder / "nginx.conf"
    conf.write_text(f"""worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
{temp}
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type {kind}; return 409 '{text}'; }}
  }}
}}
""")

    def ready():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    return seckill.process(["nginx", "-e", "stderr", "-c", str(conf)], folder / "nginx.log", ready, 10)


def sold_out(figures, folder, sale, seconds, mode=""):
    """CPU of a sold-out answer, beside nginx with the same bytes. Which of the two comes first is left to chance."""
    sale.put("soldout", 1)
    path = "/api/products/soldout/orders"
    status, _ = seckill.call("POST", sale.url + path, {"user_id": "first"})
    if status != 201:
        raise seckill.Failed(f"the only unit: {status}")
    port = seckill.free_port()
    with nginx(folder, port, *refusal(sale.url + path)) as web:
        targets = {"seckill": (sale.url, sale.pid), "nginx": (f"http://127.0.0.1:{port}", web.pid)}
        got = {}
        for name in random.sample(sorted(targets), 2):
            url, pid = targets[name]
            got[name] = load(url + path, pid, seconds)
    refusal(sale.url + path)
    command = f"wrk -t1 -c64 -d{seconds}s -s test/bench/buy.lua URL/api/products/soldout/orders"
    ratio = got["seckill"][0] / got["nginx"][0]
    figures.add(f"{mode}sold out: CPU an answer, seckill / nginx", "x", ratio, command, ("<=", 1.6))
    for name in ("seckill", "nginx"):
        figures.add(f"{mode}sold out: CPU an answer, {name}", "us", got[name][0])
        figures.add(f"{mode}sold out: answers a second, {name}", "/s", got[name][1])


def rush(sale, folder, product, buyers, *more):
    """One run of the load generator: (its report, the command as one would type it)."""
    report = folder / "rush.json"
    report.unlink(missing_ok=True)
    args = ["rush", "--product", product, "--buyers", str(buyers), *more]
    done = subprocess.run([str(BINARY), *args, "--url", sale.url, "--json", str(report)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    # 1 says that some answers were errors: they are counted here.
    if done.returncode not in (0, 1) or not report.exists():
        raise seckill.Failed(f"rush: exit {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return json.loads(report.read_text()), "bin/seckill " + " ".join(args)


def placed(sale, product, count):
    """Waits until the product shows count placed orders."""
    deadline = time.monotonic() + 60
    while (now := sale.product(product)["placed"]) != count:
        if time.monotonic() > deadline:
            raise seckill.Failed(f"product {product}: {now} placed, not {count}")
        time.sleep(0.05)


def admitted(figures, folder, sale, buyers, goal, connections=256, mode=""):
    """Orders a second, all of them placed, as fast as so many connections carry them."""
    product = f"admit{connections}"
    sale.put(product, buyers)
    report, command = rush(sale, folder, product, buyers, "--over", "0s", "--connections", str(connections))
    if report["errors"]:
        raise seckill.Failed(f"{command}: {report['errors']} errors: {report['complaints']}")
    placed(sale, product, buyers)
    name = f"{mode}placed, {connections} connections"
    figures.add(f"{name}: orders a second", "/s", report["placed_per_s"], command, (">=", goal))
    figures.add(f"{name}: p99", "ms", report["latency"]["p99_ms"])


def crowd(figures, folder, sale, buyers, goal, mode=""):
    """The sale itself: many buyers, each on a new connection, at 100 units."""
    sale.put("crowd", 100)
    report, command = rush(sale, folder, "crowd", buyers, "--over", "5s", "--new-connections")
    placed(sale, "crowd", 100)
    figures.add(f"{mode}crowd of 10,000 in 5 s: errors", "", report["errors"], command, ("<=", 0))
    figures.add(f"{mode}crowd of 10,000 in 5 s: p99", "ms", report["latency"]["p99_ms"], "", ("<", goal))


def embedded(measure):
    """A part of its own server."""
    def part(tmp):
        with seckill.serve(tmp) as sale:
            measure(tmp, sale)
    return part


@contextlib.contextmanager
def clustered(folder):
    """A cluster, by one of its processes that sell: nginx in front of it would be what is measured."""
    with cluster.cluster(folder) as c:
        pid, address = c.processes["api-1"]
        sale = seckill.Sale(f"http://{address}", pid, None)
        sale.redis = c.flags[1]
        yield sale


def whole_cluster(figures, folder, scale):
    """One round of a cluster: Redis, Kafka, Postgres, a process that sells, one that projects and the generator."""
    with clustered(folder) as sale:
        crowd(figures, folder, sale, round(10_000 * scale), 150, "cluster: ")
        sold_out(figures, folder, sale, max(1, round(5 * scale)), "cluster: ")
        admitted(figures, folder, sale, round(200_000 * scale), 8_000, 256, "cluster: ")
        admitted(figures, folder, sale, round(200_000 * scale), 8_000, 1000, "cluster: ")


def lost_gate(figures, folder, orders, rounds):
    """How long buyers are away when Redis loses everything, with very many orders on the product."""
    with clustered(folder) as sale:
        sale.put("full", 2 * orders)
        report, command = rush(sale, folder, "full", orders, "--over", "0s", "--connections", "1000")
        if report["errors"]:
            raise seckill.Failed(f"{command}: {report['errors']} errors: {report['complaints']}")
        placed(sale, "full", orders)
        host, port = sale.redis.partition("//")[2].partition("/")[0].split(":")
        for n in range(rounds):
            with socket.create_connection((host, int(port))) as redis:
                begin = time.monotonic()
                redis.sendall(b"FLUSHALL SYNC\r\n")
                redis.recv(64)
            while seckill.call("POST", f"{sale.url}/api/products/full/orders", {"user_id": f"after{n}"})[0] != 201:
                if time.monotonic() - begin > 120:
                    raise seckill.Failed("nothing was sold in two minutes after a FLUSHALL")
                time.sleep(0.02)
            figures.add(f"cluster: {orders:,} orders: FLUSHALL until the next one is placed", "s",
                        time.monotonic() - begin, "redis-cli FLUSHALL", ("<=", 10))


def fsync_us(figures, folder):
    """The disk's own word: the median time of a sync after 4 KiB."""
    took = []
    with open(folder / "fsync", "ab", buffering=0) as f:
        for _ in range(200):
            f.write(bytes(4096))
            begin = time.perf_counter()
            os.fsync(f.fileno())
            took.append(time.perf_counter() - begin)
    figures.add("disk: fsync after 4 KiB", "us", statistics.median(took) * 1e6, "os.fsync, median of 200 appends")


def full_shop(figures, folder, orders, restarts):
    """Memory with very many orders on one product, and how long a start with them takes. Filled once."""
    with seckill.serve(folder) as sale:
        sale.put("full", orders)
        report, command = rush(sale, folder, "full", orders, "--over", "0s", "--connections", "256")
        if report["errors"]:
            raise seckill.Failed(f"{command}: {report['errors']} errors: {report['complaints']}")
        placed(sale, "full", orders)
        name = f"{orders:,} orders"
        figures.add(f"{name}: resident after the sale", "MB", memory_mb(sale.pid, "VmRSS"), command, ("<=", 400))
        figures.add(f"{name}: peak during the sale", "MB", memory_mb(sale.pid, "VmHWM"))
    for _ in range(restarts):
        with seckill.serve(folder) as sale:
            figures.add(f"{name}: restart until ready", "s", sale.started_in,
                        "bin/seckill serve, until GET /readyz is 200", ("<=", 5))
            figures.add(f"{name}: resident after the restart", "MB", memory_mb(sale.pid, "VmRSS"), "", ("<=", 400))
            figures.add(f"{name}: peak during the restart", "MB", memory_mb(sale.pid, "VmHWM"))
            placed(sale, "full", orders)


def machine():
    cpu = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(),
            "load_average": os.getloadavg()[0],
            "started_at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def run():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=pathlib.Path, default=seckill.CACHE / "bench.json", help="where the JSON goes")
    parser.add_argument("--only", choices=["disk", "sold out", "admitted", "crowd", "full shop", "cluster", "lost gate"])
    parser.add_argument("--scale", type=float, default=1, help="0.01: a hundredth of the buyers, to try this program")
    args = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            raise seckill.Failed(f"{tool} is missing: make deps installs it or prints what to run")
    figures, where = Figures(), machine()
    if where["load_average"] > 0.5:
        print(f"bench: this machine is at work already (load average {where['load_average']:.1f}): "
              "the figures will be worse than they should be", file=sys.stderr)
    def many(n):
        return max(1, round(n * args.scale))

    parts = [
        ("disk", lambda tmp: fsync_us(figures, tmp)),
        ("sold out", embedded(lambda tmp, sale: sold_out(figures, tmp, sale, many(5)))),
        ("admitted", embedded(lambda tmp, sale: admitted(figures, tmp, sale, many(200_000), 15_000))),
        ("crowd", embedded(lambda tmp, sale: crowd(figures, tmp, sale, many(10_000), 50))),
        ("cluster", lambda tmp: whole_cluster(figures, tmp, args.scale)),
    ]
    rounds = [(n, part) for n in range(1, args.rounds + 1) for part in random.sample(parts, len(parts))]
    rounds.append((1, ("full shop", lambda tmp: full_shop(figures, tmp, many(1_000_000), args.rounds))))
    rounds.append((1, ("lost gate", lambda tmp: lost_gate(figures, tmp, many(1_000_000), args.rounds))))
    rounds = [(n, part) for n, part in rounds if args.only in (None, part[0])]
    seckill.CACHE.mkdir(exist_ok=True)
    for n, (name, measure) in rounds:
        print(f"round {n}: {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=seckill.CACHE) as tmp:
            measure(pathlib.Path(tmp))
    figures.finish()
    print(f"{where['cpu']}, {where['cores']} cores, Linux {where['kernel']}; "
          f"{args.rounds} rounds: median, range, target\n")
    figures.table()
    args.out.write_text(json.dumps({"machine": where, "rounds": args.rounds, "scale": args.scale,
                                    "figures": figures.rows}, indent=2) + "\n")
    print(f"\nwritten to {args.out}")


os.environ["PATH"] += ":/usr/sbin"  # nginx, for those who are not root
seckill.main(run)
