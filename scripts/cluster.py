#!/usr/bin/env python3
"""make cluster: a whole cluster on this machine, without Docker. Ctrl-C stops it.

Redis, Kafka and Postgres (bin/devstack), two processes that sell and one that projects (bin/seckill serve), and nginx in
front of them with deploy/nginx.conf. Its data is in a temporary folder. test/load and test/bench use it as well.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import seckill  # noqa: E402

BINARY = seckill.ROOT / "bin" / "seckill"
DEVSTACK = seckill.ROOT / "bin" / "devstack"
WITHIN = 300  # seconds until one of them is ready, at most: a hang is longer, and a busy machine is slow


class Cluster(seckill.Sale):
    """A running cluster, by the address of its nginx."""

    def __init__(self, url, flags, processes, token=None):
        super().__init__(url, None, None, token)
        self.flags = flags          # of serve and verify: where the servers are
        self.processes = processes  # name -> (process id, address without nginx)


def answers(url):
    with contextlib.suppress(OSError):
        return seckill.call("GET", url, timeout=5)[0] == 200
    return False


def member(folder, binary, name, flags, role):
    """A context: one process of the sale."""
    address = f"127.0.0.1:{seckill.free_port()}"
    args = [str(binary), "serve", "--listen", address, "--roles", role, *flags]
    return address, seckill.process(args, folder / f"{name}.log", lambda: answers(f"http://{address}/readyz"), WITHIN)


def front(folder, port, apis):
    """A context: nginx on port, with the configuration of the containers."""
    conf = (seckill.ROOT / "deploy" / "nginx.conf").read_text()
    for name, address in apis.items():
        conf = conf.replace(f"server {name}:3000", f"server {address}")
    conf = conf.replace("listen 3000 ", f"listen 127.0.0.1:{port} ")
    path = folder / "nginx.conf"
    path.write_text("daemon off;\n" + conf)
    args = ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(path)]
    return seckill.process(args, folder / "nginx.log", lambda: answers(f"http://127.0.0.1:{port}/livez"), WITHIN)


@contextlib.contextmanager
def devstack(folder):
    """Redis, Kafka and Postgres: (process id, where they are as flags of serve)."""
    log = folder / "devstack.log"
    flags = re.compile(r"--redis \S+ --kafka \S+ --postgres \S+")
    with seckill.process([str(DEVSTACK)], log, lambda: flags.search(log.read_text()), WITHIN) as p:
        yield p.pid, shlex.split(flags.search(log.read_text()).group())


@contextlib.contextmanager
def cluster(folder, port=None, binary=BINARY, options=(), token=None):
    """A cluster whose nginx listens on port, or a free one, until the block is left. The options are those of its processes."""
    if not shutil.which("nginx"):
        raise seckill.Failed("nginx is missing: make deps installs it or prints what to run")
    folder, port = pathlib.Path(folder), port or seckill.free_port()
    with contextlib.ExitStack() as stack:
        pid, servers = stack.enter_context(devstack(folder))
        operators = ["--admin-token", token] if token else []
        members = {n: member(folder, binary, n, [*servers, *operators, *options], r) for n, r in
                   {"api-1": "api", "api-2": "api", "projector": "projector"}.items()}
        started = {n: (stack.enter_context(context).pid, address) for n, (address, context) in members.items()}
        stack.enter_context(front(folder, port, {n: a for n, (_, a) in started.items() if n != "projector"}))
        started["devstack"] = pid, None
        yield Cluster(f"http://127.0.0.1:{port}", servers, started, token)


def run():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=3000, help="of nginx (%(default)s)")
    args = parser.parse_args()
    try:
        socket.create_server(("127.0.0.1", args.port)).close()
    except OSError as e:
        raise seckill.Failed(f"port {args.port}: {os.strerror(e.errno)}; make cluster ARGS='--port N' takes another") from e
    with tempfile.TemporaryDirectory(prefix="seckill-cluster-") as tmp:
        print("starting Redis, Kafka, Postgres, two processes that sell, one that projects, and nginx", flush=True)
        with cluster(tmp, args.port) as c:
            print(f"""
  Console   http://localhost:{args.port}/
  Orders    http://localhost:{args.port}/order/1
  To buy    http://localhost:{args.port}/buy/1

  bin/seckill rush --product 1 --buyers 10000 --over 5s
  bin/seckill verify {shlex.join(c.flags)}

Logs are in {tmp}. Ctrl-C stops all of it.""", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    signal.pause()
            print("stopping", flush=True)


os.environ["PATH"] += ":/usr/sbin"  # nginx, for those who are not root
if __name__ == "__main__":
    seckill.main(run)
