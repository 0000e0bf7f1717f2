#!/usr/bin/env python3
"""make jmeter: 10,000 JMeter threads in 5 seconds at a sale of 100 units.

The sale is started for it and stopped after it, embedded or (--cluster) as a cluster; or it is one that runs (--url).
With --auth jwt it knows its buyers: one half by tokens of a shop, the other by passes.

Fails unless exactly 100 were sold, by JMeter's count of 201 and 202 and by the server's, and nothing was an error.
JMeter comes through Maven, once, into .cache/jmeter. Its results stay in .cache/jmeter.jtl.
"""

import argparse
import collections
import contextlib
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import buyers  # noqa: E402
import cluster  # noqa: E402
import seckill  # noqa: E402

HOME = seckill.CACHE / "jmeter"
RESULTS = seckill.CACHE / "jmeter.jtl"
BUYERS, UNITS, SECONDS = 10_000, 100, 5
WITHIN = 600  # seconds; it takes 15, and longer than this is a hang


def install():
    """Lays JMeter's jars out the way its launcher looks for them, unless this pom was laid out before."""
    pom = HERE / "pom.xml"
    stamp = HOME / "pom.xml"
    if stamp.exists() and stamp.read_bytes() == pom.read_bytes():
        return
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise seckill.Failed(f"{tool} is missing (JMeter needs Java 17 and Maven)")
    print("getting JMeter with Maven (once)", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    lib = HOME / "lib"
    done = subprocess.run(["mvn", "-B", "-q", "-f", pom, "dependency:copy-dependencies", f"-DoutputDirectory={lib}"],
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        raise seckill.Failed("Maven could not get JMeter; its words are above")
    (lib / "ext").mkdir()
    for jar in lib.glob("ApacheJMeter_*.jar"):
        jar.rename(lib / "ext" / jar.name)
    config, = lib.glob("ext/ApacheJMeter_config-*.jar")
    with zipfile.ZipFile(config) as z:
        z.extractall(HOME, [n for n in z.namelist() if n.startswith("bin/")])
    launcher, = lib.glob("ApacheJMeter-*.jar")
    launcher.rename(HOME / "bin" / "ApacheJMeter.jar")
    shutil.copy(pom, stamp)


PLAN = HERE / "seckill.jmx"
CSV_OF_BUYERS = """<CSVDataSet guiclass="TestBeanGUI" testclass="CSVDataSet" testname="buyers">
          <stringProp name="filename">{path}</stringProp>
          <stringProp name="variableNames">user,token</stringProp>
          <stringProp name="delimiter">,</stringProp>
          <stringProp name="shareMode">shareMode.all</stringProp>
        </CSVDataSet>
        <hashTree/>
        """
BEARER = """<elementProp name="" elementType="Header">
              <stringProp name="Header.name">Authorization</stringProp>
              <stringProp name="Header.value">Bearer ${token}</stringProp>
            </elementProp>
            """


def plan_of_known(shop, sale, tmp):
    """The plan, whose buyers prove who they are."""
    place = sale.flags[sale.flags.index("--postgres"):][:2] if isinstance(sale, cluster.Cluster) else ["--data", tmp / "data"]
    known = tmp / "buyers.csv"
    known.write_text(shop.tokens(BUYERS // 2) + buyers.passes(cluster.BINARY, place, BUYERS // 2))
    text = PLAN.read_text()
    for at, more in [("<HeaderManager ", CSV_OF_BUYERS.replace("{path}", str(known))), ('<elementProp name="" elementType="Header">', BEARER)]:
        before, found, after = text.partition(at)
        assert found, f"{PLAN} has no {at}"
        text = before + more + found + after
    path = tmp / "known.jmx"
    path.write_text(text.replace("${__UUID}", "${user}"))
    return path


def run_plan(sale, tmp, plan):
    RESULTS.unlink(missing_ok=True)
    args = ["java", "-Xss256k",
            "-XX:TieredStopAtLevel=1",         # a run of 5 s: compiling costs more than it saves
            "-Dsun.net.http.retryPost=false",  # Java would send a POST again, unasked
            "-jar", HOME / "bin" / "ApacheJMeter.jar", "-n", "-t", plan, "-l", RESULTS,
            "-j", tmp / "jmeter.log", "-Jjmeterengine.nongui.port=0",
            f"-Jhost={sale.host}", f"-Jport={sale.port}", "-Jproduct=1", f"-Jthreads={BUYERS}", f"-Jrampup={SECONDS}"]
    with open(tmp / "jmeter.out", "wb") as out:
        p = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        code = p.wait(WITHIN)
    except subprocess.TimeoutExpired:
        raise seckill.Failed(f"JMeter was not done in {WITHIN} s") from None
    finally:
        if p.poll() is None:
            p.kill()
            p.wait()
    if code or not RESULTS.exists():
        raise seckill.Failed(f"JMeter ended with {code}:\n{(tmp / 'jmeter.out').read_text()[-2000:]}")


def settled(sale):
    """The product once nothing is queued any more: a 202 is sold, but not yet placed."""
    deadline = time.monotonic() + WITHIN
    while (product := sale.product(1)).get("queued") and time.monotonic() < deadline:
        time.sleep(0.1)
    return product


def judge(product):
    with open(RESULTS, newline="") as f:
        rows = list(csv.DictReader(f))
    codes = collections.Counter(r["responseCode"] for r in rows)
    errors = [r for r in rows if r["success"] != "true"]
    took = sorted(int(r["elapsed"]) for r in rows) or [0]
    starts = sorted(int(r["timeStamp"]) for r in rows) or [0]
    sold = codes["201"] + codes["202"]
    print(f"JMeter: {len(rows)} buyers in {(starts[-1] - starts[0]) / 1000:.1f} s: {sold} sold, "
          f"{codes['409']} answered 409, {len(errors)} errors; p50 {took[len(took) // 2]} ms, "
          f"p99 {took[len(took) * 99 // 100]} ms, max {took[-1]} ms; the server says {product['placed']} placed")
    for (code, why), n in collections.Counter((r["responseCode"], r["failureMessage"]) for r in errors).most_common(5):
        print(f"  {n} x {code}: {' '.join(why.split())[:200]}")
    wrong = []
    if len(rows) != BUYERS:
        wrong.append(f"{len(rows)} answers to {BUYERS} buyers")
    if errors:
        wrong.append(f"{len(errors)} errors")
    if sold != UNITS:
        wrong.append(f"JMeter counts {sold} sold, not {UNITS}")
    if product["placed"] != UNITS:
        wrong.append(f"the server counts {product['placed']} placed, not {UNITS}")
    if wrong:
        raise seckill.Failed(f"{'; '.join(wrong)} (each answer: {os.path.relpath(RESULTS)})")


@contextlib.contextmanager
def running(url):
    """A sale that runs already: put anew, so that nothing has been sold of it."""
    sale = seckill.Sale(url.rstrip("/"), None, None)
    if seckill.call("GET", f"{sale.url}/api/products/1")[0] == 200:
        seckill.call("POST", f"{sale.url}/api/products/1/close")
        seckill.call("DELETE", f"{sale.url}/api/products/1")
    yield sale


def run():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--cluster", action="store_true", help="start a cluster, not the embedded mode")
    which.add_argument("--url", help="take the sale that runs there; its product 1 is started over")
    parser.add_argument("--auth", choices=["body", "jwt"], default="body", help="how buyers are known (%(default)s)")
    which.add_argument("--install", action="store_true", help="only get JMeter")
    args = parser.parse_args()
    install()
    if args.install:
        return
    with tempfile.TemporaryDirectory(prefix="seckill-jmeter-") as name:
        tmp = pathlib.Path(name)
        if args.url and args.auth == "jwt":
            raise seckill.Failed("--auth jwt is for a sale that this starts")
        shop = buyers.Shop(tmp) if args.auth == "jwt" else None
        known = {"options": shop.flags, "token": buyers.ADMIN} if shop else {}
        start = running(args.url) if args.url else (cluster.cluster if args.cluster else seckill.serve)(tmp, **known)
        with start as sale:
            sale.put(1, UNITS)
            run_plan(sale, tmp, plan_of_known(shop, sale, tmp) if shop else PLAN)
            judge(settled(sale))


seckill.main(run)
