#!/usr/bin/env python3
"""make bench and make bench-growth: the figures that the project promises, beside the limits of the same run.

Every round measures everything once, in a random order whose seed is printed; the tables show the median and the range.
Servers are started for it on free loopback ports and stopped after it. Data lies under .cache, so that it is the disk
that is measured and not a temporary folder in memory.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import buys  # noqa: E402
import document  # noqa: E402
import figures as figures_  # noqa: E402
import growth  # noqa: E402
import known  # noqa: E402
import seckill  # noqa: E402
import strangers  # noqa: E402

DATA = seckill.ROOT / "docs" / "performance"


def disk(figures, folder, _scale):
    """The disk's own word: the median time of a sync after 4 KiB."""
    took = []
    with open(folder / "fsync", "ab", buffering=0) as f:
        for _ in range(200):
            f.write(bytes(4096))
            begin = time.perf_counter()
            os.fsync(f.fileno())
            took.append(time.perf_counter() - begin)
    figures.add("disk", "fsync after 4 KiB", "µs", statistics.median(took) * 1e6, "os.fsync, median of 200 appends")


SUITES = {
    "rounds": {"disk": disk, "embedded": buys.embedded, "cluster": buys.whole_cluster, "known": known.known, "strangers": strangers.strangers},
    "growth": growth.PARTS,
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--rounds", type=int, help="5, or 1 of growth, which repeats by itself")
    parser.add_argument("--minutes", type=float, default=16, help="no round begins that would end later (%(default)s)")
    parser.add_argument("--only", help="one part: " + ", ".join(p for parts in SUITES.values() for p in parts))
    parser.add_argument("--scale", type=float, default=1, help="0.01: a hundredth of the buyers, to try this program")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the order (random)")
    parser.add_argument("--out", type=pathlib.Path, help="where the JSON goes; by default docs/performance, "
                        "and the documents are written from it; .cache where not everything is measured")
    args = parser.parse_args()
    args.rounds = args.rounds or {"rounds": 5, "growth": 1}[args.suite]
    args.whole = args.out is None and args.only is None and args.scale == 1
    if args.out is None:
        args.out = (DATA if args.whole else seckill.CACHE) / f"{args.suite}.json"
    return args


def measure(figures, parts, args):
    """Round after round, while the next one will probably end in time."""
    began = time.monotonic()
    for n in range(1, args.rounds + 1):
        for name in random.sample(sorted(parts), len(parts)):
            print(f"{time.monotonic() - began:4.0f} s, round {n}: {name}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=seckill.CACHE) as tmp:
                parts[name](figures, pathlib.Path(tmp), args.scale)
        took = time.monotonic() - began
        figures.about.update(rounds=n, took_s=round(took))
        if took * (n + 1) / n > args.minutes * 60:
            break


def run():
    args = arguments()
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            raise seckill.Failed(f"{tool} is missing: make deps installs it or prints what to run")
    figures = figures_.Figures(suite=args.suite, rounds=args.rounds, scale=args.scale, seed=args.seed)
    if figures.about["load_average"] > 0.5:
        print(f"bench: this machine is at work already (load average {figures.about['load_average']:.1f}): "
              "the figures will be worse than they should be", file=sys.stderr)
    print(f"seed {args.seed}", file=sys.stderr)
    random.seed(args.seed)
    parts = {name: part for name, part in SUITES[args.suite].items() if args.only in (None, name)}
    seckill.CACHE.mkdir(exist_ok=True)
    measure(figures, parts, args)
    figures.print()
    figures.write(args.out)
    print(f"\nwritten to {args.out}")
    if args.whole:
        document.write(DATA)


os.environ["PATH"] += ":/usr/sbin"  # nginx, for those who are not root
seckill.main(run)
