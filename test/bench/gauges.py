"""What can be read of processes from outside, and the two generators of load.

Linux only: CPU and memory come from /proc, allocations from a Go process's own /metrics.
"""

import collections
import contextlib
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.request

import seckill

BINARY = seckill.ROOT / "bin" / "seckill"
TICK = os.sysconf("SC_CLK_TCK")
HERE = pathlib.Path(__file__).resolve().parent


def family(pid):
    """pid and everything that its threads have started: nginx and Postgres answer in children."""
    found = [pid]
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            found += [p for child in children.read_text().split() for p in family(int(child))]
    return found


def cpu_us(pids):
    """User and system time of processes, in microseconds."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) * 1e6 / TICK
    return total


def memory_mb(pids, field="VmRSS"):
    """Resident memory; what processes share is counted for each."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):
            found = re.search(rf"^{field}:\s*(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
            total += int(found[1]) * 1024 / 1e6 if found else 0
    return total


def servers(pid):
    """The processes under a devstack, by the name of their server."""
    names = {"redis-server": "Redis", "java": "Kafka", "postgres": "Postgres"}
    found = collections.defaultdict(list)
    for p in family(pid):
        with contextlib.suppress(FileNotFoundError):
            name = names.get(pathlib.Path(f"/proc/{p}/comm").read_text().strip())
            if name:
                found[name].append(p)
    return found


def allocations(url, token):
    """(objects, bytes) that a Go process has allocated since its start."""
    with seckill.http.open(urllib.request.Request(url + "/metrics", headers=seckill.authorization(token)), timeout=15) as r:
        text = r.read().decode()
    return [float(re.search(rf"^{name} (\S+)", text, re.M)[1])
            for name in ("go_memstats_mallocs_total", "go_memstats_alloc_bytes_total")]


class Meter:
    """Measures processes over stretches of work: `with Meter(...) as m: work()`, then m.add(figures, part, answers)."""

    def __init__(self, processes, go_url=None, token=None):
        self.processes = processes  # name -> process ids
        self.go_url, self.token = go_url, token  # the Go process that allocates, and its operator's token
        self.cpu, self.heap = collections.Counter(), [0, 0]

    def __enter__(self):
        self.heap_began = allocations(self.go_url, self.token) if self.go_url else None
        self.began = {name: cpu_us(pids) for name, pids in self.processes.items()}
        return self

    def __exit__(self, *_):
        for name, pids in self.processes.items():
            self.cpu[name] += cpu_us(pids) - self.began[name]
        self.memory = {name: memory_mb(pids) for name, pids in self.processes.items()}
        if self.go_url:
            self.heap = [sum_ + now - then for sum_, then, now in zip(self.heap, self.heap_began, allocations(self.go_url, self.token))]

    def add(self, figures, part, answers):
        """Files the CPU time of an answer, of all processes and of each, memory and allocations."""
        figures.add(part, "CPU an answer", "µs", sum(self.cpu.values()) / answers)
        if len(self.cpu) > 1:
            for name, us in self.cpu.items():
                figures.add(part, f"CPU an answer, {name}", "µs", us / answers)
        for name, mb in self.memory.items():
            figures.add(part, "resident" if len(self.memory) == 1 else f"resident, {name}", "MB", mb)
        if self.go_url:
            figures.add(part, "allocations an answer", "", self.heap[0] / answers)
            figures.add(part, "bytes an answer", "B", self.heap[1] / answers)


def output(args):
    done = subprocess.run([str(a) for a in args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise seckill.Failed(f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def wrk(url, seconds, products=0, passes="", addresses=0):
    """As many refusals as go through 64 connections: (answers, answers a second). With products, of so many in turn; with
    a file of passes, of its buyers in turn; with addresses, to so many in turn."""
    lines = output(["wrk", "--threads", "1", "--connections", "64", "--script", HERE / "buy.lua",
                    "--duration", f"{seconds}s", "--timeout", "5s", url, "--", products, passes, addresses]).splitlines()
    r = json.loads(next(x for x in lines if x.startswith("JSON "))[5:])
    if r["failed"] or r["not_2xx"] != r["answers"]:
        raise seckill.Failed(f"{url}: not every answer was a refusal: {r}")
    return r["answers"], r["answers"] * 1e6 / r["us"]


def rush(url, product, buyers, *more, passes=None, errors=False, env=()):
    """One run of seckill's own generator, with the passes of a file: (its report, the command as one would type it)."""
    args = ["rush", "--product", product, "--buyers", str(buyers), *more]
    proofs = ["--passes", passes] if passes else []
    done = subprocess.run([str(BINARY), *args, *proofs, "--url", url, "--json", "-"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, **dict(env)})
    command = " ".join(["seckill", *args, *(pathlib.Path(p).name for p in proofs)])
    if done.returncode not in (0, 1) or not done.stdout:  # 1 says that some answers were errors
        raise seckill.Failed(f"{command}: exit {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    report = json.loads(done.stdout)
    if report["errors"] and not errors:
        raise seckill.Failed(f"{command}: {report['errors']} errors: {report['complaints']}")
    return report, command


def placed(url, product, count, within=90):
    """Waits until the product shows count placed orders, and returns how long that took."""
    began = time.monotonic()
    while True:
        status, body = seckill.call("GET", f"{url}/api/products/{product}")
        if status == 200 and body["placed"] == count:
            return time.monotonic() - began
        if time.monotonic() - began > within:
            raise seckill.Failed(f"product {product}: {status} {body}, not {count} placed")
        time.sleep(0.02)
