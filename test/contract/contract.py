#!/usr/bin/env python3
"""make schemathesis: a stranger that has read /openapi.json tries to catch a real server at breaking it.

Schemathesis asks every operation, alone and one after another, with right and wrong input, under a fixed seed: of a sale without
operators, of one with, by their token, and of one that knows its buyers too, by a token of the shop where a buyer asks. It comes through pip, once, into .cache/schemathesis (scripts/deps); where it could
not be had this says SKIPPED.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import buyers  # noqa: E402
import seckill  # noqa: E402

TOOL = seckill.CACHE / "schemathesis" / "bin" / "schemathesis"
WITHIN = 600  # seconds; it takes 40, and longer than this is a hang


def judge(folder, options, shown):
    """shown is what proves who asks, by the name that the document gives to it."""
    config = pathlib.Path(folder) / "schemathesis.toml"
    config.write_text((HERE / "schemathesis.toml").read_text()
                      + "".join(f'\n[auth.openapi.{name}]\nbearer = "{token}"\n' for name, token in shown.items()))
    with seckill.serve(folder, options=options, token=shown.get("operator")) as sale:
        args = [TOOL, "--config-file", config, "run", f"{sale.url}/openapi.json", "--no-color"]
        try:
            done = subprocess.run(args, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=WITHIN)
        except subprocess.TimeoutExpired:
            raise seckill.Failed(f"Schemathesis was not done in {WITHIN} s") from None
    log = (pathlib.Path(folder) / "serve.log").read_text()
    if done.returncode or "level=ERROR" in log:
        raise seckill.Failed(f"{done.stdout}\nthe server said:\n{log[-2000:]}")
    return next(line.strip() for line in done.stdout.splitlines() if "generated" in line)


def run():
    if not TOOL.exists():
        print("schemathesis SKIPPED: it could not be had (scripts/deps test says why)", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="seckill-contract-") as keys:
        shop = buyers.Shop(keys)
        operator = {"operator": buyers.ADMIN}
        runs = [("anybody's sale", [], {}),
                ("operators' sale, asked by one", [], operator),
                ("known buyers' sale, asked by one and by an operator", shop.flags, {**operator, "buyer": shop.token("ann@shop.example")})]
        for name, options, shown in runs:
            with tempfile.TemporaryDirectory(prefix="seckill-contract-") as folder:
                print(f"schemathesis: {name}: {judge(folder, options, shown)}, no failures", flush=True)


seckill.main(run)
