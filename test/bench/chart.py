"""Charts as SVG files that stand by themselves: no script, no font, readable on light and on dark."""

import html
import math

import figures

WIDTH, LEFT, RIGHT = 760, 250, 110  # a bar chart's, and its margins for names and values
STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f } .dim { fill: #6e7781 } .head { font-weight: 600 }
line { stroke: #8c959f; stroke-width: 1 } .grid { stroke-opacity: .35 } .goal { stroke: #bf8700; stroke-dasharray: 4 3 }
rect { fill: #218bff } rect.floor { fill: #8c959f } polyline { fill: none; stroke: #218bff; stroke-width: 2 }
circle { fill: #218bff } .range { stroke: #0a3069; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .dim { fill: #9198a1 } .range { stroke: #b6e3ff } }
</style>"""


def svg(width, height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{html.escape(title)}">{STYLE}\n' + "\n".join(body) + "\n</svg>\n")


def text(x, y, what, anchor="start", css=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" class="{css}">{html.escape(str(what))}</text>'


def line(x1, y1, x2, y2, css=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def bars(title, rows, goal=None):
    """Horizontal bars of rows, (name, figure, is a floor), with the range of each as a whisker."""
    most = max([max(row["values"]) for _, row, _ in rows] + [goal or 0]) * 1.02
    scale, body = (WIDTH - LEFT - RIGHT) / most, [text(0, 16, title, css="head")]
    for i, (name, row, floor) in enumerate(rows):
        y = 34 + i * 28
        body.append(text(LEFT - 8, y + 14, name, "end"))
        body.append(f'<rect x="{LEFT}" y="{y}" width="{figures.mid(row) * scale:.1f}" height="19"'
                    + (' class="floor"/>' if floor else "/>"))
        low, high = LEFT + min(row["values"]) * scale, LEFT + max(row["values"]) * scale
        body.append(line(low, y + 9.5, high, y + 9.5, "range"))
        body.append(text(max(high, LEFT + figures.mid(row) * scale) + 8, y + 14, f'{figures.show(figures.mid(row))} {row["unit"]}'))
    if goal:
        body.append(line(LEFT + goal * scale, 28, LEFT + goal * scale, 34 + len(rows) * 28, "goal"))
    return svg(WIDTH, 40 + len(rows) * 28, title, body)


def growth(title, points, log=True):
    """A line over points, {number as text: figure}; the number on a logarithmic axis where log."""
    points = sorted((float(x), row) for x, row in points.items())
    unit, width, height, left, bottom = points[0][1]["unit"], 360, 220, 62, 34
    top = max(max(row["values"]) for _, row in points) * 1.15
    place = (lambda x: math.log10(max(x, 1))) if log else (lambda x: x)
    first, last = place(points[0][0]), place(points[-1][0])

    def at(x, y):
        return (left + (place(x) - first) / ((last - first) or 1) * (width - left - 24),
                height - bottom - y / top * (height - bottom - 30))

    body = [text(0, 16, title, css="head")]
    for y in steps(top):
        body += [line(left, at(1, y)[1], width - 12, at(1, y)[1], "grid"),
                 text(left - 6, at(1, y)[1] + 4, f"{y:g}", "end", "dim")]
    body.append(text(left - 6, 32, unit, "end", "dim"))
    for x, row in points:
        low, high = at(x, min(row["values"])), at(x, max(row["values"]))
        body += [line(*low, *high, "range"), '<circle cx="{:.1f}" cy="{:.1f}" r="3.5"/>'.format(*at(x, figures.mid(row)))]
    for x in [x for x, _ in points] if log else (points[0][0], points[-1][0]):
        body.append(text(at(x, 0)[0], height - 14, short(x), "middle", "dim"))
    body.append('<polyline points="{}"/>'.format(" ".join("{:.1f},{:.1f}".format(*at(x, figures.mid(row))) for x, row in points)))
    return svg(width, height, title, body)


def steps(top):
    """Three to six round numbers from 0 to top."""
    step = 10 ** math.floor(math.log10(top / 2))
    step *= next(k for k in (1, 2, 5, 10) if top / (step * k) <= 5)
    return [i * step for i in range(int(top / step) + 1)]


def short(x):
    return f"{x / 1e6:g}M" if x >= 1e6 else f"{x / 1e3:g}k" if x >= 1e3 else f"{x:g}"
