"""What was measured: part -> what -> a value of each round, and what is asked of it."""

import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess

import seckill


class Figures:
    """The figures of one run. A part is a row of the tables, what is measured of it a column."""

    def __init__(self, **about):
        self.about = {**machine(), **about}
        self.parts = {}

    def add(self, part, what, unit, value, command="", goal=None):
        """Keeps a value. goal is how and how much, such as ("<=", 1.3)."""
        row = self.parts.setdefault(part, {}).setdefault(what, {"unit": unit, "values": []})
        row["values"].append(float(f"{value:.4g}"))
        if command:
            row["command"] = command
        if goal:
            row["goal"] = list(goal)

    def last(self, part, what):
        return self.parts[part][what]["values"][-1]

    def median(self, part, what):
        return statistics.median(self.parts[part][what]["values"])

    def print(self):
        print("{cpu}, {cores} cores, Linux {kernel}; seed {seed}; median, range, goal\n".format(**self.about))
        for part, rows in self.parts.items():
            for what, row in rows.items():
                goal = "{} {:g} {}".format(*row["goal"], "met" if met(row) else "MISSED") if "goal" in row else ""
                print(f"{part + ': ' + what:<64} {show(mid(row)):>9} {row['unit']:<5} {spread(row):<18} {goal}")

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"about": self.about, "parts": self.parts}, indent=1) + "\n")


def mid(row):
    return statistics.median(row["values"])


def met(row):
    how, limit = row["goal"]
    return mid(row) <= limit if how == "<=" else mid(row) >= limit


def spread(row):
    """The range, where there is one."""
    low, high = show(min(row["values"])), show(max(row["values"]))
    return f"{low}–{high}" if low != high else ""


def show(x):
    """Three digits, which is more than a machine that is shared repeats."""
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "-C", seckill.ROOT, "describe", "--always", "--dirty"],
                            capture_output=True, text=True).stdout.strip()
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "commit": commit,
            "load_average": os.getloadavg()[0],
            "started_at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}
