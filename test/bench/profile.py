#!/usr/bin/env python3
"""make pgo: cmd/seckill/default.pgo, the profile that the compiler optimises by, made under the load of the benchmark.

Both modes are profiled, refusing and admitting, for about the same time each.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
import cluster  # noqa: E402
import gauges  # noqa: E402
import refusals  # noqa: E402
import seckill  # noqa: E402

PROFILE = seckill.ROOT / "bin" / "profile"
TARGET = seckill.ROOT / "cmd" / "seckill" / "default.pgo"


@contextlib.contextmanager
def profiled(folder, name, *flags):
    """A sale whose process writes folder/name.pprof when it ends."""
    port = seckill.free_port()
    url = f"http://127.0.0.1:{port}"
    args = [str(PROFILE), "-cpu", str(folder / f"{name}.pprof"), "-listen", f"127.0.0.1:{port}",
            "-data", str(folder / "data"), *flags]
    with seckill.process(args, folder / f"{name}.log", lambda: cluster.answers(url + "/readyz"), 60) as p:
        yield seckill.Sale(url, p.pid, None)


def load(sale, buyers):
    sale.put("crowd", 100)
    gauges.rush(sale.url, "crowd", 10_000, "--over", "2s", "--new-connections")
    refusals.sell_out(sale)
    gauges.wrk(sale.url + refusals.PATH, 8)
    sale.put("admit", buyers)
    gauges.rush(sale.url, "admit", buyers, "--over", "0s")
    gauges.placed(sale.url, "admit", buyers)


def run():
    seckill.CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pgo-", dir=seckill.CACHE) as tmp:
        folder = pathlib.Path(tmp)
        with profiled(folder, "embedded") as sale:
            load(sale, 200_000)
        with cluster.devstack(folder) as (_, flags), profiled(folder, "projector", "-roles", "projector", *flags), \
                profiled(folder, "api", "-roles", "api", *flags) as sale:
            load(sale, 100_000)
        with open(TARGET, "wb") as out:
            subprocess.run(["go", "tool", "pprof", "-proto", *sorted(folder.glob("*.pprof"))], stdout=out, check=True)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


os.environ["PATH"] += ":/usr/sbin"
if __name__ == "__main__":
    seckill.main(run)
