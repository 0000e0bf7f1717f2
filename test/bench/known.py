"""Buyers who are known: what their proof costs the server, beside buyers who are believed, in the same run."""

import contextlib
import pathlib
import random

import buyers
import buys
import gauges
import refusals
import seckill

BELIEVED = "believed"
PARTS = {  # what is measured -> by whom -> at most so many times the CPU time of who is believed
    "sold out": {BELIEVED: None, "by passes": 1.15, "by remembered JWTs": 1.2},
    "placed": {BELIEVED: None, "by passes": 1.05, "by fresh ES256 JWTs": 2},
}
COST, RATIO = "CPU an answer", "CPU, × believed"
REMEMBERED = 10_000  # the buyers of a sale that is sold out, in turn


class Shop:
    """A shop with an ES256 key, and so many buyers with tokens of it."""

    def __init__(self, folder, count):
        keys, self.count = folder / "buyers.json", count
        self.serve = {"options": buyers.flags(keys), "token": buyers.ADMIN}
        self.tokens = folder / "tokens.csv"
        tool = seckill.ROOT / "bin" / "tokens"
        self.tokens.write_text(gauges.output([tool, keys, buyers.ISSUER, buyers.AUDIENCE, count]))

    def passes(self, folder):
        """The same buyers with passes of the sale in folder."""
        path = folder / "passes.csv"
        path.write_text(buyers.passes(gauges.BINARY, ["--data", folder / "data"], self.count))
        return path


def known(figures, folder, scale):
    """One round of a process by itself."""
    for name, part, count in (("refused", sold_out, REMEMBERED), ("served", placed, 100_000)):
        (folder / name).mkdir()
        part(figures, folder / name, Shop(folder / name, round(count * scale)), scale)
    for what, limits in PARTS.items():
        cost = figures.last(f"{what}, {BELIEVED}", COST)
        for who, limit in limits.items():
            figures.add(f"{what}, {who}", RATIO, "×", figures.last(f"{what}, {who}", COST) / cost, goal=limit and ("<=", limit))


def sold_out(figures, folder, shop, scale):
    """Two processes, which take turns."""
    with contextlib.ExitStack() as stack:
        believed, knows = (stack.enter_context(serve(folder, name, shop)) for name in (BELIEVED, "known"))
        passes = shop.passes(folder / "known")
        refusals.sell_out(believed)
        refusals.sell_out(knows, "soldout", *passes.read_text().splitlines()[0].split(","))
        meters = [gauges.Meter({"server": [s.pid]}, s.url, s.token) for s in (believed, knows, knows)]
        asked = zip(PARTS["sold out"], (believed, knows, knows), meters, ("", passes, shop.tokens))
        refusals.under_wrk(figures, max(1, round(3 * scale)), {f"sold out, {who}": (s.url, *more) for who, s, *more in asked})


def placed(figures, folder, shop, _scale):
    """One process after another, as orders that are kept count."""
    for who in random.sample(sorted(PARTS["placed"]), len(PARTS["placed"])):
        with serve(folder, who, shop) as sale:
            proofs = {BELIEVED: None, "by passes": shop.passes(folder / who)}.get(who, shop.tokens)
            sale.put("admit256", shop.count)
            buys.admitted(figures, sale.url, {"server": [sale.pid]}, f"placed, {who}", shop.count, 256, token=sale.token, passes=proofs)


def serve(folder, who, shop):
    """A context: a process that believes its buyers, or knows those of the shop."""
    place = pathlib.Path(folder) / who
    place.mkdir()
    return seckill.serve(place, **({} if who == BELIEVED else shop.serve))
