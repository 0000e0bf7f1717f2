"""A seckill server for the length of a measurement, on a free loopback port and a folder of its own.

For test/load and test/bench. Python 3.8+, standard library only. Whatever was started is stopped by its process id when
the block is left, also by Ctrl-C and SIGTERM.
"""

import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
# Never through a proxy: everything here is on this machine.
http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def trust(certificate):
    """Believes a server with this certificate from now on, also in what is started."""
    global http
    os.environ["SSL_CERT_FILE"] = str(certificate)
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    http = urllib.request.build_opener(urllib.request.ProxyHandler({}), https)


class Failed(Exception):
    """Ends the program with its text and exit code 1."""


def main(run):
    """Calls run, with SIGINT and SIGTERM turned into an exception so that every block is left in order."""
    def interrupted(*_):
        raise KeyboardInterrupt

    for s in (signal.SIGINT, signal.SIGTERM):  # a shell that starts it in the background has the first one ignored
        signal.signal(s, interrupted)
    for setting in [v for v in os.environ if v.startswith("SECKILL_")]:
        del os.environ[setting]  # somebody's own sale is no business of a measurement
    os.environ["SECKILL_DRAIN"] = "0s"  # nobody stands in front of what it stops
    name = pathlib.Path(sys.argv[0]).stem
    try:
        run()
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted")
    except Failed as e:
        sys.exit(f"{name}: FAILED: {e}")


def free_port():
    """One that nobody listens on, below those that systems give to connections, and kept from every other test, as package devstack does it."""
    for _ in range(100):
        at = ("127.0.0.1", random.randrange(10_000, 32_000))
        held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            held.bind(at)
            socket.create_server(at).close()
        except OSError:
            held.close()
            continue
        held_ports.append(held)
        return at[1]
    raise Failed("no port is free")


held_ports = []  # what keeps each port, for as long as this process runs


def authorization(token):
    """The header that shows a token, if there is one."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def call(method, url, body=None, timeout=15, token=None):
    """One request; (status, decoded JSON or None). Raises OSError where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    req = urllib.request.Request(url, data, {"Content-Type": "application/json", **authorization(token)}, method=method)
    try:
        with http.open(req, timeout=timeout) as r:
            status, text = r.status, r.read()
    except urllib.error.HTTPError as e:
        status, text = e.code, e.read()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, None


@contextlib.contextmanager
def process(args, log, ready, within, stop=signal.SIGTERM):
    """Runs args until the block is left. ready is asked every 10 ms, for at most `within` seconds."""
    with open(log, "wb") as out:
        # A session of its own: Ctrl-C reaches this program only, which then stops the process in order.
        p = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        deadline = time.monotonic() + within
        while not ready():
            if p.poll() is not None or time.monotonic() > deadline:
                what = f"ended with {p.returncode}" if p.returncode is not None else f"not ready in {within} s"
                raise Failed(f"{args[0]}: {what}\n{pathlib.Path(log).read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)
        yield p
    finally:
        if p.poll() is None:
            p.send_signal(stop)
            try:
                p.wait(60)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()


class Sale:
    """A running `seckill serve`. The token is that of its operator, if it has any."""

    def __init__(self, url, pid, started_in, token=None):
        self.url, self.pid, self.started_in, self.token = url, pid, started_in, token
        self.host, port = url.partition("//")[2].rsplit(":", 1)
        self.port = int(port)

    def put(self, product, quantity):
        deadline = time.monotonic() + 120
        while True:
            status, body = call("PUT", f"{self.url}/api/products/{product}", {"quantity": quantity}, token=self.token)
            if status != 503 or time.monotonic() > deadline:
                break
            time.sleep(0.1)  # as a busy machine asks one to
        if status not in (200, 201):
            raise Failed(f"PUT product {product}: {status} {body}")

    def product(self, product):
        status, body = call("GET", f"{self.url}/api/products/{product}")
        if status != 200:
            raise Failed(f"GET product {product}: {status} {body}")
        return body


@contextlib.contextmanager
def serve(folder, binary=ROOT / "bin" / "seckill", within=180, options=(), token=None):
    """`seckill serve` on folder/data; its output goes to folder/serve.log."""
    port = free_port()
    url = f"http{'s' if '--tls-cert' in options else ''}://127.0.0.1:{port}"

    def ready():
        with contextlib.suppress(OSError):
            return call("GET", f"{url}/readyz", timeout=5)[0] == 200

    args = [str(binary), "serve", "--listen", f"127.0.0.1:{port}", "--data", os.path.join(folder, "data"),
            *(["--admin-token", token] if token else []), *options]
    begin = time.monotonic()
    with process(args, os.path.join(folder, "serve.log"), ready, within) as p:
        yield Sale(url, p.pid, time.monotonic() - begin, token)
