#!/usr/bin/env python3
"""make test-release GORELEASER: all of a release is made of this commit, published nowhere, and looked at.

An archive for each platform, with the program, its licence and its manual; packages for Debian and RPM with the program and its
systemd unit; a bill of materials for each program and one for
the pages; and the checksums of all of these. The program for this machine says its commit, and serves the pages.

Where GoReleaser could not be had this says SKIPPED.
"""

import hashlib
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import seckill  # noqa: E402

RELEASE = seckill.ROOT / "bin" / "release"
PLATFORMS = {f"{system}_{chip}" for system in ("linux", "darwin") for chip in ("amd64", "arm64")}
PACKAGES = {f"{kind}_{chip}" for kind in ("deb", "rpm") for chip in ("amd64", "arm64")}
PACKED = {"usr/bin/seckill", "usr/lib/systemd/system/seckill.service", "usr/lib/systemd/system/seckill.socket", "etc/seckill/seckill.env", "usr/share/doc/seckill/operating.md"}
HOLDS = {"seckill", "LICENSE", "README.md", "CHANGELOG.md", "docs/operating.md"}


def command(*args):
    done = subprocess.run(args, cwd=seckill.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise seckill.Failed(f"{args[0]}: {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def must(holds, *otherwise):
    if not holds:
        raise seckill.Failed(" ".join(map(str, otherwise)))


def components(bill):
    """The names of what is in it, by a bill of materials."""
    bill = json.loads(bill.read_text())
    must(bill["bomFormat"] == "CycloneDX", "this is no bill of CycloneDX:", bill)
    return {c["name"] for c in bill["components"]}


def judge():
    archives = {"_".join(a.name.removesuffix(".tar.gz").split("_")[-2:]): a for a in RELEASE.glob("*.tar.gz")}
    must(archives.keys() == PLATFORMS, "archives for", *archives, "and not for", *PLATFORMS)
    packages = {f"{p.suffix[1:]}_{p.stem.split('_')[-1]}": p for p in [*RELEASE.glob("*.deb"), *RELEASE.glob("*.rpm")]}
    must(packages.keys() == PACKAGES, "packages", *packages, "and not", *PACKAGES)
    bills = {a: components(a) for a in RELEASE.glob("*.cdx.json")}
    modules = [bill for bill in bills if "github.com/alecthomas/kong" in bills[bill]]
    pages = [bill for bill in bills if "react" in bills[bill]]
    must((len(modules), len(pages), len(bills)) == (len(PLATFORMS), 1, len(PLATFORMS) + 1), "bills of materials:", bills)
    sums = dict(reversed(line.split()) for line in (RELEASE / "checksums.txt").read_text().splitlines())
    must(sums.keys() == {f.name for f in [*archives.values(), *packages.values(), *bills]}, "checksums of", *sums)
    for name, digest in sums.items():
        must(hashlib.sha256((RELEASE / name).read_bytes()).hexdigest() == digest, name, "has another checksum")
    for archive in archives.values():
        with tarfile.open(archive) as a:
            must(set(a.getnames()) == HOLDS, archive.name, "holds", *a.getnames())
    for package in packages.values():
        if package.suffix == ".deb" and shutil.which("dpkg-deb"):
            holds = {line.split()[-1].removeprefix("./") for line in command("dpkg-deb", "-c", str(package)).splitlines()}
            must(PACKED <= holds, package.name, "holds", *holds)
    return archives


def runs(archive):
    with tempfile.TemporaryDirectory(prefix="seckill-release-") as folder:
        with tarfile.open(archive) as a:
            a.extract("seckill", folder)
        program = pathlib.Path(folder) / "seckill"
        said, commit = command(program, "--version"), command("git", "rev-parse", "HEAD").strip()
        must(f"(commit {commit}, " in said and "(devel)" not in said, "--version:", said, "and not", commit)
        with seckill.serve(folder, binary=program) as sale, seckill.http.open(sale.url, timeout=15) as page:
            must(b'src="/assets/' in page.read(), "the pages are not in it")
        return said.strip()


def run():
    goreleaser = sys.argv[1:]
    try:
        command(*goreleaser, "--version")
    except (OSError, seckill.Failed) as e:
        print(f"release SKIPPED: GoReleaser could not be had: {str(e)[:500]}", flush=True)
        return
    command(*goreleaser, "release", "--snapshot", "--clean")
    archives = judge()
    here = f"{platform.system().lower()}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform.machine(), platform.machine())}"
    said = runs(archives[here]) if here in archives else f"its program was not run on {here}"
    print(f"release: {len(archives)} archives and {len(PACKAGES)} packages, their bills of materials and checksums; {said}", flush=True)


seckill.main(run)
