"""Writes the figures of docs/performance.md and docs/scale.md, and the charts, from the JSON of the last whole runs.

What stands between <!-- bench NAME --> and <!-- end --> there is made here, so that no figure is typed by hand.
"""

import json
import math
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
import chart  # noqa: E402
import known  # noqa: E402
import seckill  # noqa: E402
import strangers  # noqa: E402
from figures import met, mid, show, spread  # noqa: E402

FLOORS = ["nginx, the same bytes", "fasthttp, the same bytes"]
REFUSALS = FLOORS + ["sold out, embedded", "sold out, cluster"]
CLUSTER = [f"placed, cluster, {n} connections" for n in ("256", "1,000")]
PLAIN = [f"plain handler, {c} clients, {n} connections" for c in ("usual", "batching") for n in ("256", "1,000")]
PLACED = ["placed, embedded, 256 connections"] + CLUSTER + PLAIN
KNOWN = [f"{what}, {who}" for what, whos in known.PARTS.items() for who in whos]
STRANGERS = [*strangers.FLOOD, *strangers.LIMITS, *strangers.HANDSHAKES, f"10,000 buyers in 5 s, {strangers.CROWD}"]
CROWDS = [f"10,000 buyers in {t}, {mode}" for mode in ("embedded", "cluster") for t in ("5 s", "1 s")]


def write(data):
    """data is the folder of rounds.json and growth.json; what one of them would say stays as it is where it is not there."""
    runs = {p.stem: json.loads(p.read_text()) for p in data.glob("*.json")}
    rounds, growth = (runs.get(name, {"parts": {}})["parts"] for name in ("rounds", "growth"))
    if rounds:
        draw_rounds(data, rounds)
    if growth:
        draw_growth(data, growth)
    for path in (data.parent / "performance.md", data.parent / "scale.md", data.parent.parent / "README.md"):
        path.write_text(re.sub(r"(?s)(<!-- bench (\w+) -->\n).*?(<!-- end -->)",
                               lambda m: m[1] + block(m[2], runs, m[0]) + m[3], path.read_text()))
    print("docs/performance/*.svg are written, and the tables of docs/performance.md, docs/scale.md and README.md")


def block(name, runs, old):
    make, *needs = BLOCKS[name]
    if not set(needs) <= set(runs):
        return old.partition("\n")[2].rpartition("<!-- end -->")[0]
    return make(*(runs[n] for n in needs)) + "\n"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)


def cell(parts, part, what):
    row = parts.get(part, {}).get(what)
    if not row:
        return "–"
    return f"{show(mid(row))}" + (f" ({spread(row)})" if spread(row) else "")


def grid(run, names, columns):
    """A table of parts by what was measured of them, each the median and the range. What was not measured is no row of it."""
    names = [name for name in names if name in run["parts"]]
    if not names:
        return "The run at the top of this page did not measure this part."
    return table(["", *(shown for shown, _ in columns)],
                 [[name, *(cell(run["parts"], name, what) for _, what in columns)] for name in names])


ANSWERS = ("answers /s", "answers")
COST = [("CPU an answer, µs", "CPU an answer"), ("p50 ms", "p50"), ("p99 ms", "p99")]
HEAP = [("resident MB", "resident"), ("allocations an answer", "allocations an answer"), ("bytes an answer", "bytes an answer")]


def about(run):
    a = run["about"]
    disk = run["parts"].get("disk", {}).get("fsync after 4 KiB")
    return (f"{a['started_at'].replace('T', ' ')[:16]} UTC, commit {a['commit']}; {a['cpu']}, {a['cores']} cores, Linux "
            f"{a['kernel']}; rounds: {a['rounds']}, seed {a['seed']}, {a['took_s'] // 60} min {a['took_s'] % 60} s; "
            f"load average before: {a['load_average']:.2f}."
            + (f" A sync of the disk after 4 KiB: {cell(run['parts'], 'disk', 'fsync after 4 KiB')} µs." if disk else ""))


def goals(run):
    rows = [[f"{part}: {what}", f"{show(mid(row))} {row['unit']}", spread(row),
             f"{row['goal'][0].replace('<=', '≤').replace('>=', '≥')} {row['goal'][1]:,g}", "yes" if met(row) else "**no**"]
            for part, whats in sorted(run["parts"].items()) for what, row in whats.items() if "goal" in row]
    return table(["figure", "median", "range", "goal", "met"], rows)


def processes(run):
    names = ["api", "plain", "projector", "Redis", "Kafka", "Postgres"]
    return grid(run, CLUSTER + PLAIN, [("CPU µs: all", "CPU an answer"), *((n, f"CPU an answer, {n}") for n in names)])


def memory(run):
    names = ["api", "plain", "projector", "Redis", "Kafka", "Postgres"]
    return grid(run, CLUSTER + PLAIN, [(n + " MB", f"resident, {n}") for n in names])


def commands(run):
    seen = {}
    for part, whats in run["parts"].items():
        for row in whats.values():
            if "command" in row:
                seen.setdefault(row["command"], []).append(part)
    return table(["command", "for"], [[f"`{c}`", "; ".join(dict.fromkeys(p))] for c, p in seen.items()])


def points(run):
    rows = [[part, f"{n:,}", f"{show(mid(row))} {row['unit']}", spread(row)]
            for part, whats in sorted(run["parts"].items())
            for n, row in sorted((int(what), row) for what, row in whats.items() if what.isdigit())]
    return table(["", "at", "median", "range"], rows)


def draw_rounds(data, parts):
    def rows(names, what):
        return [(n, parts[n][what], n in FLOORS + PLAIN) for n in names if n in parts and what in parts[n]]

    save(data, "refusals.svg", chart.bars("CPU time of a sold-out answer", rows(REFUSALS, "CPU an answer")))
    orders = [(n, parts[n]["rows" if n in PLAIN else "answers"], n in PLAIN) for n in PLACED if n in parts]
    save(data, "placed.svg", chart.bars("Orders a second, from POST to placed (plain: to a row)", orders))
    save(data, "orders-cpu.svg", chart.bars("CPU time of an order, all processes", rows(PLACED, "CPU an answer")))
    save(data, "crowds.svg", chart.bars("p99 of crowds at 100 units, every buyer a new connection", rows(CROWDS, "p99")))


GROWTHS = {"sold out, by products": ("A sold-out answer, by products", True),
           "sold out, by buyers": ("A sold-out answer, by buyers", True),
           "looking for a buyer, by buyers": ("The look-up in it, by buyers", True),
           "admitting, CPU by orders kept": ("An admitted order, by orders kept", False),
           "watchers, buyers' p99": ("Buyers' p99, by event streams", True),
           "watchers, memory more": ("Memory more, by event streams", True)}


def draw_growth(data, parts):
    for part, (title, log) in GROWTHS.items():
        numbers = {what: row for what, row in parts[part].items() if what.isdigit()}
        save(data, growth_file(part), chart.growth(title, numbers, log))


def growth_charts(_run):
    return "\n".join(f"![{title}](performance/{growth_file(part)})" for part, (title, _) in GROWTHS.items())


def growth_file(part):
    return "growth-" + re.sub(r"\W+", "-", part) + ".svg"


def save(data, name, picture):
    (data / name).write_text(picture)


BUSY, CORES = 0.6, 32  # of a core's time that a crowd may take; cores of a machine


def machines(run):
    """How many cores and machines ten million sold-out answers a second take, and what one core of each server carries."""
    parts = run["parts"]
    cost = mid(parts["sold out, cluster"]["CPU an answer"])
    cores = 10e6 * cost / 1e6 / BUSY
    wire = sum(mid(parts["sold out, cluster"][f"bytes of {w}"]) for w in ("a request", "an answer"))
    rows = [["CPU time of a sold-out answer, cluster", f"{show(cost)} µs"],
            [f"cores for 10,000,000 a second, {BUSY:.0%} busy", show(cores)],
            [f"machines of {CORES} cores that sell", f"**{math.ceil(cores / CORES)}**"],
            ["bytes of a request and its answer, as HTTP", f"{wire:.0f}"],
            ["network, both ways, without TCP's and TLS's own", f"{wire * 10e6 * 8 / 1e9:,.0f} Gbit/s"]]
    for name in ("api", "projector", "Redis", "Kafka", "Postgres"):
        us = mid(parts[CLUSTER[1]][f"CPU an answer, {name}"])
        rows.append([f"an order's CPU time in {name}; orders a second that a core of it carries",
                     f"{show(us)} µs; {show(round(1e6 / us, -3))}"])
    return table(["from the figures", ""], rows)


def readme(rounds, growth):
    """The figures that somebody who has just come wants to know."""
    def of(part, what):
        return show(mid(rounds["parts"][part][what]))

    def crowd(mode):
        part = f"10,000 buyers in 5 s, {mode}"
        return f"{of(part, 'p99')} ms, {of(part, 'errors')} errors"

    kept, lost = ({w: show(mid(r)) for w, r in growth["parts"][p].items()}
                  for p in ("1,000,000 orders", "a cluster with 1,000,000 orders"))
    return table(["", "embedded", "cluster"], [
        ["a sold-out answer, CPU against nginx returning the same bytes",
         *(of(f"sold out, {mode}", "CPU, × nginx") + " ×" for mode in ("embedded", "cluster"))],
        ["orders placed a second, 256 connections", of(PLACED[0], "answers"), of(CLUSTER[0], "answers")],
        ["orders placed a second, 1,000 connections", "", of(CLUSTER[1], "answers")],
        ["10,000 buyers over 5 s, each a new connection: p99 from the moment each meant to ask",
         crowd("embedded"), crowd("cluster")],
        ["1,000,000 orders on one product",
         f"{kept['resident after the sale']} MB; ready {kept['restart until ready']} s after a restart",
         f"selling {lost['FLUSHALL until the next one is placed']} s after Redis lost everything"]])


BLOCKS = {
    "about": (about, "rounds"), "goals": (goals, "rounds"), "commands": (commands, "rounds"),
    "refusals": (lambda run: grid(run, REFUSALS, [ANSWERS, *COST, *HEAP]), "rounds"),
    "placed": (lambda run: grid(run, PLACED, [ANSWERS, ("rows /s", "rows"), *COST, *HEAP[1:]]), "rounds"),
    "known": (lambda run: grid(run, KNOWN, [("CPU an answer, × believed", known.RATIO), *COST[:1], ANSWERS, *HEAP[1:]]), "rounds"),
    "strangers": (lambda run: grid(run, STRANGERS, [("errors", "errors"), ("limited", "limited"), ANSWERS, *COST]), "rounds"),
    "processes": (processes, "rounds"), "memory": (memory, "rounds"),
    "crowds": (lambda run: grid(run, CROWDS, [("errors", "errors"), *COST, HEAP[0]]), "rounds"),
    "growth_about": (about, "growth"), "growth_goals": (goals, "growth"), "growth_charts": (growth_charts, "growth"), "points": (points, "growth"),
    "growth_commands": (commands, "growth"), "machines": (machines, "rounds"), "readme": (readme, "rounds", "growth"),
}


if __name__ == "__main__":
    write(seckill.ROOT / "docs" / "performance")
