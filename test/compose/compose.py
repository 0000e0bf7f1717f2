#!/usr/bin/env python3
"""make compose: deploy/Dockerfile, compose.yaml and deploy/nginx.conf as they ship, on a real Docker engine.

The sale is brought up under a project name of its own, sold out by JMeter, killed, moved, halved, taken down, and brought
up again; then the image is run alone. compose.yaml is taken as it is, but for ulimits where the engine grants fewer open
files. The engine may be on another machine or in a network namespace: a container on its host network asks localhost:3000. That
port of the engine's machine has to be free, and so has the network of compose.yaml.

Where no engine answers `docker info` this says SKIPPED, and how many checks were left out.
"""

import argparse
import contextlib
import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import seckill  # noqa: E402

PROJECT = "seckill-compose-test"
READY = 600  # seconds from `up` until the sale serves, at most: a hang is longer, and a busy machine is slow
UNITS = 100

# What a container on the engine's host network does: one request, again and again until the answer is as wanted.
ASK = """
import json, sys, time
sys.path.insert(0, "scripts")
import seckill
method, path, body, want, within = json.loads(sys.argv[1])
deadline = time.monotonic() + within
while True:
    try:
        status, answer = seckill.call(method, "http://localhost:3000" + path, body, timeout=5)
    except OSError as e:
        status, answer = 0, str(e)
    if status in want or time.monotonic() > deadline:
        break
    time.sleep(0.1)
print(json.dumps([status, answer]))
"""


def command(*args, within=READY):
    """What a command printed. One that does not end well is Failed."""
    args = [str(a) for a in args]
    try:
        done = subprocess.run(args, cwd=seckill.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=within,
                              env={**os.environ, "COMPOSE_HTTP_TIMEOUT": str(READY)})  # 1.29 gives an engine a minute
    except subprocess.TimeoutExpired:
        raise seckill.Failed(f"{' '.join(args)[:200]}: not done in {within} s") from None
    if done.returncode:
        raise seckill.Failed(f"{' '.join(args)[:200]}: {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def docker(*args, **more):
    return command("docker", *args, **more)


def ask(method, path, body=None, want=(200,), within=120):
    """The answer of localhost:3000, as the machine of the engine sees it."""
    request = json.dumps([method, path, body, want, within])
    out = docker("run", "--rm", "--network", "host", "--entrypoint", "python3", "seckill-jmeter", "-c", ASK, request, within=within + 60)
    status, answer = json.loads(out.splitlines()[-1])
    if status not in want:
        raise seckill.Failed(f"{method} localhost:3000{path}: {status or 'nobody answers'}, {answer}")
    return answer


def sells(product):
    """Sells a new product out to twice as many buyers, all of whom must be answered rightly."""
    ask("PUT", f"/api/products/{product}", {"quantity": UNITS}, want=(200, 201))
    docker("run", "--rm", "--network", "host", "seckill", "rush", "--product", product, "--buyers", 2 * UNITS, "--over", "1s")
    holds(product)


def holds(product):
    deadline = time.monotonic() + READY
    while (there := ask("GET", f"/api/products/{product}")).get("queued") and time.monotonic() < deadline:
        time.sleep(0.5)  # what is queued is sold, and not yet placed
    placed = there["placed"]
    if placed != UNITS:
        raise seckill.Failed(f"{placed} of product {product} are placed, not {UNITS}")


class Compose:
    """compose.yaml, by one of the programs that read it."""

    def __init__(self, program, override):
        self.args = [*program, "-p", PROJECT, "-f", "compose.yaml", *(["-f", override] if override else [])]

    def __call__(self, *args, **more):
        return command(*self.args, *args, **more)

    def up(self):
        self("up", "-d")
        ask("GET", "/readyz", within=READY)

    def containers(self, *services):
        return self("ps", "-q", *services).split()

    def verify(self):
        out = self("exec", "-T", "projector", "/seckill", "verify")
        if "no findings" not in out:
            raise seckill.Failed(out)

    def started(self, service):
        return docker("inspect", "-f", "{{.State.StartedAt}}", *self.containers(service))


def programs():
    """Each Compose that is here."""
    paths = [shutil.which("docker-compose", path=folder) for folder in os.environ["PATH"].split(os.pathsep)]
    for program in [*([p] for p in dict.fromkeys(paths) if p), ["docker", "compose"]]:
        if not subprocess.run([*program, "version"], capture_output=True, check=False).returncode:
            yield program


CHECKS = []


def check(what):
    def add(run):
        CHECKS.append((what, run))
        return run
    return add


@check("each Compose here reads compose.yaml")
def reads(compose):
    for program in programs():
        command(*program, "-f", "compose.yaml", "--profile", "jmeter", "config", "-q")


@check("up: localhost:3000 serves")
def up(compose):
    compose.up()
    if "<html" not in str(ask("GET", "/")) and not ask("GET", "/openapi.json"):
        raise seckill.Failed("no page is served")


@check("10,000 JMeter threads buy exactly 100")
def jmeter(compose):
    print(compose("--profile", "jmeter", "run", "--rm", "-T", "jmeter").strip().splitlines()[-1], flush=True)
    holds("1")


@check("all killed at once, and up again: nothing is lost")
def killed(compose):
    docker("kill", *compose.containers())
    compose.up()
    holds("1")
    compose.verify()


@check("both processes made anew, where their addresses would have gone to others: the same nginx finds them")
def moved(compose):
    nginx = compose.started("nginx")
    compose("rm", "-s", "-f", "api-1", "api-2")
    others = [docker("run", "-d", "--label", PROJECT, "--network", f"{PROJECT}_default", "--entrypoint", "sleep", "seckill-jmeter", "600").strip()
              for _ in range(2)]
    compose.up()
    sells("2")
    if compose.started("nginx") != nginx:
        raise seckill.Failed("nginx was started anew: buyers were refused meanwhile")
    docker("rm", "-f", *others)


@check("either process alone is enough, also for an nginx that starts then")
def halved(compose):
    for service, other in (("api-1", "api-2"), ("api-2", "api-1")):
        compose("stop", service)
        compose("restart", "nginx")
        ask("GET", "/readyz", within=READY)
        sells(f"without-{service}")
        compose("start", service)
        wait_healthy(compose, service)


def wait_healthy(compose, service):
    deadline = time.monotonic() + READY
    while (state := docker("inspect", "-f", "{{.State.Health.Status}}", *compose.containers(service)).strip()) != "healthy":
        if time.monotonic() > deadline:
            raise seckill.Failed(f"{service} is {state}")
        time.sleep(0.5)


@check("every service is healthy")
def healthy(compose):
    for service in compose("config", "--services").split():
        if service != "jmeter":
            wait_healthy(compose, service)


@check("down, up: nothing is lost")
def down(compose):
    compose("down")
    compose.up()
    holds("1")
    holds("2")
    compose.verify()


@check("the image alone, read-only, on a new volume: serves, and keeps what it sold when it is killed")
def alone(compose):
    compose("down", "-v")
    start = ["run", "-d", "--label", PROJECT, "--read-only", "-v", f"{PROJECT}_data:/data", "-p", "127.0.0.1:3000:3000",
             "-e", "SECKILL_INSECURE=true", "seckill"]
    container = docker(*start).strip()
    ask("GET", "/readyz", within=READY)
    sells("1")
    docker("exec", container, "/seckill", "ready")
    docker("rm", "-f", container)
    container = docker(*start).strip()
    ask("GET", "/readyz", within=READY)
    holds("1")
    docker("exec", container, "/seckill", "verify")


@check("the image has the certificates of the authorities that it may trust")
def certificates(compose):
    container = docker("create", "--label", PROJECT, "seckill").strip()
    if "BEGIN CERTIFICATE" not in docker("cp", f"{container}:/etc/ssl/certs/ca-certificates.crt", "-"):
        raise seckill.Failed("none are there")


@check("the image says what it was built from")
def says_version(compose):
    said = docker("run", "--rm", "seckill", "--version")
    if not said.startswith(f"seckill {version()} "):
        raise seckill.Failed(f"{said.strip()}, and not {version()}")


@check("the image asks who may run the sale, where nobody said")
def asks(compose):
    try:
        docker("run", "--rm", "seckill")
    except seckill.Failed as e:
        if "--admin-token" not in str(e):
            raise
        return
    raise seckill.Failed("it serves everybody")


def clear():
    """Removes all that was made, but for the images."""
    for kind, remove in (("ps -a", "rm -f -v"), ("volume ls", "volume rm -f"), ("network ls", "network rm")):
        for label in (PROJECT, f"com.docker.compose.project={PROJECT}"):
            if there := docker(*kind.split(), "-q", "--filter", f"label={label}").split():
                docker(*remove.split(), *there)
    docker("volume", "rm", "-f", f"{PROJECT}_data")


def version():
    """The version of the tree, also of one that is no repository."""
    try:
        return command("git", "describe", "--tags", "--always", "--dirty").strip()
    except (OSError, seckill.Failed):
        return "unknown"


def build():
    for image in ("seckill", "seckill-jmeter"):
        # What this machine reaches, the build does.
        docker("build", "--network", "host", "-f", "deploy/Dockerfile", "--target", image.replace("seckill-", ""),
               "--build-arg", f"VERSION={version()}", "-t", image, ".", within=1800)


def taken():
    """What somebody else has of what compose.yaml needs, in words."""
    bind = "import socket; socket.create_server(('127.0.0.1', 3000))"
    try:
        docker("run", "--rm", "--network", "host", "--entrypoint", "python3", "seckill-jmeter", "-c", bind)
    except seckill.Failed as e:
        yield f"port 3000 of the engine's machine, where nginx is published: {str(e).strip().splitlines()[-1]}"
    needed, = map(ipaddress.ip_network, re.findall(r"subnet: (\S+?),? ", (seckill.ROOT / "compose.yaml").read_text()))
    for network in json.loads(docker("network", "inspect", *docker("network", "ls", "-q").split())):
        for pool in network["IPAM"]["Config"] or []:
            subnet = ipaddress.ip_network(pool["Subnet"])
            if subnet.version == needed.version and subnet.overlaps(needed):
                yield f"{needed}, the network of compose.yaml: Docker's network {network['Name']} has {subnet}"


@contextlib.contextmanager
def override():
    """A file for Compose with as many open files as the engine grants, None where it grants what compose.yaml asks for."""
    probe = ["run", "--rm", "--entrypoint", "python3"]
    try:
        docker(*probe, "--ulimit", "nofile=65536", "seckill-jmeter", "-c", "")
        yield None
        return
    except seckill.Failed:
        granted = int(docker(*probe, "seckill-jmeter", "-c", "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[1])"))
    print(f"compose: the engine grants {granted} open files, not 65536", flush=True)
    limits = {"ulimits": {"nofile": granted}}
    with tempfile.TemporaryDirectory(prefix="seckill-compose-") as folder:
        path = pathlib.Path(folder) / "ulimits.yaml"
        path.write_text(json.dumps({"services": {name: limits for name in ("api-1", "api-2", "projector", "nginx")}}))
        yield path


def engine():
    """Whether a Docker engine answers, and there is a Compose to tell it what to do."""
    try:
        docker("info", within=20)
    except (OSError, seckill.Failed):
        return False
    return next(programs(), None) is not None


def run():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", action="store_true", help="only build the images")
    args = parser.parse_args()
    if not engine():
        print(f"compose SKIPPED: no Docker engine with Compose answers `docker info`; {len(CHECKS)} checks of the containers were left out", flush=True)
        return
    build()
    if args.build:
        return
    clear()
    if others := list(taken()):
        raise seckill.Failed("\n  ".join(["these have to be free, and are not:", *others]))
    try:
        with override() as path:
            compose = Compose(next(programs()), path)
            for what, judge in CHECKS:
                began = time.monotonic()
                try:
                    judge(compose)
                except seckill.Failed as e:
                    with contextlib.suppress(seckill.Failed):
                        print(compose("logs", "--tail", "20"), flush=True)
                    raise seckill.Failed(f"{what}: {e}") from None
                print(f"compose: ok, {time.monotonic() - began:.0f} s: {what}", flush=True)
    finally:
        clear()
    print(f"compose: {len(CHECKS)} passed", flush=True)


seckill.main(run)
