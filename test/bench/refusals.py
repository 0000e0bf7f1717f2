"""The answer that nearly everybody gets, beside two floors: nginx and bare fasthttp that return the same bytes."""

import collections
import contextlib
import pathlib
import random
import socket
import statistics
import urllib.error
import urllib.request

import gauges
import seckill

PATH = "/api/products/soldout/orders"
RATE = 10_000  # buyers a second, for latency: a tenth of what any of them can, so that no queue is measured


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


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def nginx(folder, port, body, kind, pair=None):
    """A context: nginx with two workers that answers every POST with body, over TLS with a pair of certificate and key."""
    text = body.replace("\\", "\\\\").replace("'", "\\'")
    if "$" in text:
        raise seckill.Failed("nginx would read a variable in: " + body)
    temp = "\n".join(f"  {t}_temp_path {folder};" for t in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    ssl = "ssl_certificate {}; ssl_certificate_key {};".format(*pair) if pair else ""
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
    listen 127.0.0.1:{port}{" ssl" if pair else ""};
    {ssl}
    location / {{ default_type {kind}; return 409 '{text}'; }}
    location = /api/products/soldout {{ return 200 '{{}}'; }}
  }}
}}
""")
    return seckill.process(["nginx", "-e", "stderr", "-c", str(conf)], folder / "nginx.log", lambda: listens(port), 10)


def fasthttp(folder, port, body, kind):
    """A context: fasthttp with nothing behind it."""
    args = [str(seckill.ROOT / "bin" / "floor"), f"127.0.0.1:{port}", "409", kind, body]
    return seckill.process(args, folder / "floor.log", lambda: listens(port), 10)


def sell_out(sale, product="soldout", user="first", proof=None):
    sale.put(product, 1)
    status, _ = seckill.call("POST", f"{sale.url}/api/products/{product}/orders", {"user_id": user}, token=proof)
    if status != 201:
        raise seckill.Failed(f"the only unit: {status}")


def beside_the_floors(figures, folder, sale, scale, mode):
    """All three in one go."""
    sell_out(sale)
    answer = refusal(sale.url + PATH)
    with contextlib.ExitStack() as stack:
        web, bare = seckill.free_port(), seckill.free_port()
        targets = {
            f"sold out, {mode}": (sale.url, sale.pid, True),
            "nginx, the same bytes": (f"http://127.0.0.1:{web}", stack.enter_context(nginx(folder, web, *answer)).pid, False),
            "fasthttp, the same bytes": (f"http://127.0.0.1:{bare}",
                                         stack.enter_context(fasthttp(folder, bare, *answer)).pid, True),
        }
        cpu = measured(figures, targets, scale)
    refusal(sale.url + PATH)
    wire(figures, f"sold out, {mode}", sale)
    own = cpu[f"sold out, {mode}"]
    figures.add(f"sold out, {mode}", "CPU, × nginx", "×", own / cpu["nginx, the same bytes"], goal=("<=", 1.3))
    figures.add(f"sold out, {mode}", "CPU, × fasthttp", "×", own / cpu["fasthttp, the same bytes"])


def wire(figures, part, sale):
    """How many bytes a refusal is on the wire, both ways, without TCP's own."""
    body = b'{"user_id":"0123456789abcdef01234567"}'
    request = (f"POST {PATH} HTTP/1.1\r\nHost: {sale.host}:{sale.port}\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\n\r\n").encode() + body
    with socket.create_connection((sale.host, sale.port)) as s:
        s.sendall(request)
        answer = s.recv(65536)
    figures.add(part, "bytes of a request", "B", len(request))
    figures.add(part, "bytes of an answer", "B", len(answer))


def measured(figures, targets, scale):
    """CPU and speed under wrk, and latency under a load that all of them bear. Returns the CPU of an answer of each."""
    seconds = max(1, round(3 * scale))
    cpu = under_wrk(figures, seconds, {name: (url, gauges.Meter({"server": gauges.family(pid)}, url if is_go else None), "")
                                       for name, (url, pid, is_go) in targets.items()})
    for name in turns(targets, 1):
        report, command = gauges.rush(targets[name][0], "soldout", RATE * seconds, "--over", f"{seconds}s", "--connections", "64")
        figures.add(name, "p50", "ms", report["latency"]["p50_ms"], command)
        figures.add(name, "p99", "ms", report["latency"]["p99_ms"])
    return cpu


def under_wrk(figures, seconds, targets, addresses=0):
    """CPU and speed of name -> (url, its meter, a file of passes), and returns the CPU of an answer of each.

    They take turns of a second: the host's other guests come and go, and would else be counted to one of them alone.
    """
    for url, _, passes in targets.values():
        gauges.wrk(url + PATH, 1, passes=passes, addresses=addresses)
    answers, rates = collections.Counter(), collections.defaultdict(list)
    for name in turns(targets, seconds):
        url, meter, passes = targets[name]
        with meter:
            count, rate = gauges.wrk(url + PATH, 1, passes=passes, addresses=addresses)
        answers[name] += count
        rates[name].append(rate)
    for name, (_, meter, passes) in targets.items():
        meter.add(figures, name, answers[name])
        figures.add(name, "answers", "/s", statistics.mean(rates[name]),
                    f"wrk -t1 -c64 -d1s -s test/bench/buy.lua URL{PATH}" + (f" -- 0 '{pathlib.Path(passes).name}' {addresses}" if passes or addresses else ""))
    return {name: meter.cpu["server"] / answers[name] for name, (_, meter, _) in targets.items()}


def turns(names, times):
    """Everybody's turn so many times, in an order left to chance within each round."""
    return [name for _ in range(times) for name in random.sample(sorted(names), len(names))]
