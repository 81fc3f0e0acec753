# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Bars of MB/s, one panel for each operation and data set, as SVG."""

COLOURS = {"weir": "#0b6e4f", "weir-clang": "#3fa37c"}
OTHER, TEXT, FAINT = "#9aa5b1", "#1f2933", "#52606d"
BAR, GAP, LABEL, WIDTH, COLUMNS = 13, 4, 96, 250, 3


def panel(title, rows, x, y):
    """rows: [(name, MB/s)], fastest first; the panel's SVG and its height."""
    out = ['<text x="%d" y="%d" font-weight="bold" fill="%s">%s</text>' % (x, y + 12, TEXT, title)]
    top = max(v for _, v in rows)
    at = y + 22
    for name, value in rows:
        length = max(1, (WIDTH - 48) * value / top)
        out.append('<text x="%d" y="%d" text-anchor="end" fill="%s">%s</text>' % (x + LABEL - 6, at + 10, FAINT, name))
        out.append('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' % (x + LABEL, at, length, BAR,
                                                                               COLOURS.get(name, OTHER)))
        out.append('<text x="%.1f" y="%d" fill="%s">%s</text>' % (x + LABEL + length + 4, at + 10, FAINT,
                                                                  format(value, ",.0f")))
        at += BAR + GAP
    return "\n".join(out), at - y + 14


def svg(figures, sizes):
    """figures as run.py's measure gives them; sizes: bytes of each data set."""
    parts, y = [], 40
    for op in ("decode", "encode"):
        panels = []
        for (data_set, what), row in figures.items():
            rows = [(n, sizes[data_set] / f["ns"] * 1e3) for n, f in row.items() if n != "memcpy"]
            if what == op and rows:
                panels.append(("%s, %s (MB/s)" % (op, data_set), sorted(rows, key=lambda r: -r[1])))
        for first in range(0, len(panels), COLUMNS):
            heights = []
            for i, (title, rows) in enumerate(panels[first:first + COLUMNS]):
                text, height = panel(title, rows, 10 + i * (LABEL + WIDTH + 20), y)
                parts.append(text)
                heights.append(height)
            y += max(heights)
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">\n'
            '<rect width="100%%" height="100%%" fill="#ffffff"/>\n'
            '<text x="10" y="22" font-size="15" font-weight="bold" fill="%s">Protobuf messages on one core</text>\n%s\n</svg>\n'
            % (COLUMNS * (LABEL + WIDTH + 20) + 10, y, TEXT, "\n".join(parts)))
