"""What strangers cost honest buyers: a flood that is refused, the limits that refuse it, and TLS."""

import collections
import contextlib
import json
import statistics

import buys
import gauges
import refusals
import seckill

PROXY = ["--trusted-proxies", "127.0.0.1/32"]  # this machine, whose own addresses are never limited
FLOOD = {"honest buyers alone": 0, "honest buyers, 10 refused to 1": 10}  # refused for each honest one
HONEST = 1_000  # a second
LIMITS = {
    "sold out, no limits": [],
    "sold out, limits of addresses": [*PROXY, "--rate-address", "1000000", "--max-connections-address", "1000", "--max-streams-address", "100"],
}
ADDRESSES = 10_000
HANDSHAKES = ["nginx, a TLS handshake each", "sold out, a TLS handshake each"]
CROWD = "embedded, TLS"
SAME_KEYS = {"GODEBUG": "tlsmlkem=0"}  # X25519, as most of OpenSSL has nothing newer


def strangers(figures, folder, scale):
    """One round of a process by itself."""
    for part in (flood, limits, handshakes):
        (folder / part.__name__).mkdir()
        part(figures, folder / part.__name__, scale)


def flood(figures, folder, scale):
    """Honest buyers from an address each, alone and beside ten times as many from one, who are over its rate."""
    p99, limited = collections.defaultdict(list), collections.Counter()
    with seckill.serve(folder, options=[*PROXY, "--rate-address", "5"]) as sale:
        refusals.sell_out(sale)
        seconds = max(1, round(3 * scale))
        honest = HONEST * seconds
        for part in refusals.turns(FLOOD, 3):
            args = ["soldout", honest, honest * FLOOD[part], f"{seconds}s"]
            reports = json.loads(gauges.output([seckill.ROOT / "bin" / "flood", sale.url, *args]))
            told = [{g["kind"]: g["count"] for g in (reports[who] or {"by_kind": []})["by_kind"]} for who in ("Honest", "Flood")]
            if told[0].get("sold_out", 0) + told[0].get("rate_limited", 0) != honest or told[1].get("sold_out", 0) * 100 > honest * FLOOD[part]:  # but for the rate
                raise seckill.Failed(f"{part}: {told}")
            p99[part].append(reports["Honest"]["latency"]["p99_ms"])
            limited[part] += told[0].get("rate_limited", 0)
            figures.add(part, "p50", "ms", reports["Honest"]["latency"]["p50_ms"], f"flood URL {' '.join(map(str, args))}")
    alone, beside = (statistics.median(p99[part]) for part in FLOOD)
    for part in FLOOD:
        figures.add(part, "p99", "ms", statistics.median(p99[part]))
    figures.add(part, "p99, × alone", "×", beside / alone, goal=("<=", 2))
    figures.add(part, "limited", "", limited[part], goal=("<=", 0))


def limits(figures, folder, scale):
    """Sold out, as thousands of addresses are told it, with limits that none of them reaches and without."""
    with contextlib.ExitStack() as stack:
        targets = {}
        for n, (part, options) in enumerate(LIMITS.items()):
            (folder / str(n)).mkdir()
            sale = stack.enter_context(seckill.serve(folder / str(n), options=options))
            refusals.sell_out(sale)
            targets[part] = (sale.url, gauges.Meter({"server": [sale.pid]}, sale.url), "")
        without, limited = refusals.under_wrk(figures, max(1, round(10 * scale)), targets, ADDRESSES).values()
        figures.add(part, "CPU, × no limits", "×", limited / without, goal=("<=", 1.03))


def handshakes(figures, folder, scale):
    """A new connection for each sold-out answer, with a full handshake of TLS 1.3, beside nginx with the same certificate."""
    goroot = gauges.output(["go", "env", "GOROOT"]).strip()
    gauges.output(["go", "run", "-C", folder, goroot + "/src/crypto/tls/generate_cert.go", "-host", "127.0.0.1,localhost", "-ecdsa-curve", "P256"])
    pair = [folder / "cert.pem", folder / "key.pem"]
    seckill.trust(pair[0])
    with seckill.serve(folder, options=["--tls-cert", str(pair[0]), "--tls-key", str(pair[1])]) as sale:
        refusals.sell_out(sale)
        port = seckill.free_port()
        with refusals.nginx(folder, port, *refusals.refusal(sale.url + refusals.PATH), pair=pair) as web:
            targets = dict(zip(HANDSHAKES, ((f"https://127.0.0.1:{port}", web.pid), (sale.url, sale.pid))))
            ours = handshake(figures, targets, round(3_000 * scale))
        figures.add(HANDSHAKES[1], "CPU, × nginx", "×", ours, goal=("<=", 1.3))
        buys.crowd(figures, sale, CROWD, scale, 5)


def handshake(figures, targets, buyers):
    """CPU, speed and latency of each in turn, and how many times the CPU of nginx ours takes."""
    meters = {part: gauges.Meter({"server": gauges.family(pid)}) for part, (_, pid) in targets.items()}
    took = collections.defaultdict(list)
    turns = 3
    for part in refusals.turns(targets, turns):
        with meters[part]:
            report, command = gauges.rush(targets[part][0], "soldout", buyers, "--over", "0s", "--new-connections", "--connections", "64", env=SAME_KEYS)
        took[part].append(report)
    for part, reports in took.items():
        meters[part].add(figures, part, turns * buyers)
        figures.add(part, "answers", "/s", statistics.mean(r["answers_per_s"] for r in reports), " ".join(f"{k}={v}" for k, v in SAME_KEYS.items()) + " " + command)
        figures.add(part, "p50", "ms", statistics.median(r["latency"]["p50_ms"] for r in reports))
        figures.add(part, "p99", "ms", statistics.median(r["latency"]["p99_ms"] for r in reports))
    nginx, ours = (meters[part].cpu["server"] for part in HANDSHAKES)
    return ours / nginx
