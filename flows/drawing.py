"""A network as a picture (SVG), as a graph file (GraphML) and as a table (CSV).

The names in them come from pages: everything is escaped by the XML writer, and nothing in the
picture is loaded or run.
"""

import csv
import io
import math
from typing import Any

from lxml import etree

from flows.crossposts.network import Flow, Network, Outlet
from flows.output import clean

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
SVG = "http://www.w3.org/2000/svg"
SHOWN = 40
"""Outlets in a picture, those with most copies: more names cannot be read around a circle."""
LONGEST = 28  # letters of a name in the picture; the whole name is in its tooltip
RADIUS, MARGIN = 300, 260
CREDITED, UNCREDITED = "#1a6b3c", "#b3261e"

NODE_KEYS = {
    "name": "string", "archived": "boolean", "pages": "int", "copied": "int", "credited": "int",
    "taken": "int", "share_original": "double", "share_copied": "double",
    "share_credited": "double",
}  # fmt: skip
EDGE_KEYS = {
    "copies": "int", "credited": "int", "confirmed": "int", "contradicted": "int",
    "unverifiable": "int", "unclaimed": "int", "hours_least": "double", "hours_most": "double",
    "hours_known": "int",
}  # fmt: skip


def edge_values(flow: Flow) -> dict[str, Any]:
    """What is known of a flow, flat; None where nothing is."""
    hours = flow.hours
    return {
        "copies": flow.copies,
        "credited": flow.credited,
        "confirmed": flow.verdicts.get("confirmed", 0),
        "contradicted": flow.verdicts.get("contradicted", 0),
        "unverifiable": flow.verdicts.get("unverifiable", 0),
        "unclaimed": flow.verdicts.get("unclaimed", 0),
        "hours_least": hours.least if hours else None,
        "hours_most": hours.most if hours else None,
        "hours_known": hours.copies if hours else 0,
    }


def csv_text(found: Network) -> str:
    """A line for each flow, RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = {one.id: one.name for one in found.outlets}
    writer.writerow(["original", "original_name", "copier", "copier_name", *EDGE_KEYS])
    for flow in found.flows:
        ends = [flow.original, names[flow.original], flow.copier, names[flow.copier]]
        writer.writerow([*map(_cell, ends), *edge_values(flow).values()])
    return out.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet takes text that begins so for a formula, and runs it."""
    plain = clean(text)
    return f"'{plain}" if plain.lstrip().startswith(("=", "+", "-", "@")) else plain


def graphml(found: Network) -> bytes:
    """GraphML 1.0 (http://graphml.graphdrawing.org/specification.html): an edge leads from the
    outlet of the original to the copier."""
    root = etree.Element(f"{{{GRAPHML}}}graphml", nsmap={None: GRAPHML})
    for target, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for name, kind in keys.items():
            _add(
                root, "key", id=f"{target}_{name}",
                **{"for": target, "attr.name": name, "attr.type": kind},
            )  # fmt: skip
    graph = _add(root, "graph", id="copies", edgedefault="directed")
    for one in found.outlets:
        node = _add(graph, "node", id=clean(one.id))
        _data(node, "node", {name: getattr(one, name) for name in NODE_KEYS})
    for number, flow in enumerate(found.flows):
        ends = {"source": clean(flow.original), "target": clean(flow.copier)}
        edge = _add(graph, "edge", id=f"e{number}", **ends)
        _data(edge, "edge", edge_values(flow))
    return _bytes(root)


def _data(parent: Any, target: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else clean(str(value))
            _add(parent, "data", text, key=f"{target}_{name}")


def svg(found: Network) -> bytes:
    """The outlets on a circle, in the order of their ids: the same network is the same picture.

    An arrow leads from the outlet of the original to the copier, as wide as there are copies; it is
    whole where most are credited, and dashed where most are not.
    """
    weight = {one.id: 0 for one in found.outlets}
    for flow in found.flows:
        weight[flow.original] += flow.copies
        weight[flow.copier] += flow.copies
    best = sorted(found.outlets, key=lambda one: (-weight[one.id], one.id))[:SHOWN]
    shown = sorted(best, key=lambda one: one.id)
    size = 2 * (RADIUS + MARGIN)
    root = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG})
    _set(root, viewBox=f"0 0 {size} {size + 60}", width=str(size), height=str(size + 60))
    _set(root, role="img", **{"font-family": "sans-serif", "font-size": "14"})
    _add(root, "title", "Who copies whom")
    _marker(root)
    _add(root, "rect", width="100%", height="100%", fill="#ffffff")
    places = {one.id: _place(number, len(shown), size / 2) for number, one in enumerate(shown)}
    names = {one.id: one.name for one in shown}
    for flow in found.flows:
        if flow.original in places and flow.copier in places:
            _arrow(root, flow, places, names)
    for one in shown:
        _node(root, one, places[one.id], size / 2)
    _legend(root, len(found.outlets) - len(shown), size)
    return _bytes(root)


def _place(number: int, count: int, middle: float) -> tuple[float, float]:
    angle = 2 * math.pi * number / max(count, 1) - math.pi / 2
    return middle + RADIUS * math.cos(angle), middle + RADIUS * math.sin(angle)


def _marker(root: Any) -> None:
    for name, colour in (("credited", CREDITED), ("uncredited", UNCREDITED)):
        box = {"viewBox": "0 0 10 10", "refX": "9", "refY": "5", "markerUnits": "userSpaceOnUse"}
        marker = _add(
            root, "marker", id=name, markerWidth="12", markerHeight="12", orient="auto", **box
        )
        _add(marker, "path", d="M 0 0 L 10 5 L 0 10 z", fill=colour)


def _arrow(
    root: Any, flow: Flow, places: dict[str, tuple[float, float]], names: dict[str, str]
) -> None:
    (x, y), (to_x, to_y) = places[flow.original], places[flow.copier]
    # Bent to the left of its way, so that the two directions between a pair lie apart.
    bend = 0.18
    mid_x = (x + to_x) / 2 + (to_y - y) * bend
    mid_y = (y + to_y) / 2 - (to_x - x) * bend
    end_x, end_y = _short_of(mid_x, mid_y, to_x, to_y, 14)
    name = "credited" if 2 * flow.credited >= flow.copies else "uncredited"
    path = _add(
        root, "path",
        d=f"M {x:.1f} {y:.1f} Q {mid_x:.1f} {mid_y:.1f} {end_x:.1f} {end_y:.1f}",
        fill="none", stroke=CREDITED if name == "credited" else UNCREDITED,
        **{
            "stroke-width": f"{min(1 + math.sqrt(flow.copies), 8):.1f}",
            "stroke-opacity": "0.75", "marker-end": f"url(#{name})",
        },
    )  # fmt: skip
    if name == "uncredited":
        path.set("stroke-dasharray", "7 4")
    said = f"{names[flow.copier]} took {flow.copies} from {names[flow.original]}"
    _add(path, "title", clean(f"{said}, {flow.credited} with credit"))


def _short_of(x: float, y: float, to_x: float, to_y: float, by: float) -> tuple[float, float]:
    """A point so far before the end of a line."""
    far = math.hypot(to_x - x, to_y - y) or 1.0
    return to_x - (to_x - x) * by / far, to_y - (to_y - y) * by / far


def _node(root: Any, one: Outlet, place: tuple[float, float], middle: float) -> None:
    x, y = place
    fill = "#30475e" if one.archived else "#ffffff"
    circle = _add(root, "circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="9", fill=fill, stroke="#30475e")
    pages = f"{one.pages} pages, {one.copied} from others, {one.taken} taken by others"
    name = clean(one.name)
    _add(circle, "title", f"{name}: {pages}")
    beside = "start" if x > middle + 1 else "end" if x < middle - 1 else "middle"
    text_x = x + (16 if beside == "start" else -16 if beside == "end" else 0)
    text_y = y + (5 if beside != "middle" else 26 if y > middle else -18)
    label = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    _add(
        root, "text", label, x=f"{text_x:.1f}", y=f"{text_y:.1f}", fill="#1c1c1c",
        **{"text-anchor": beside},
    )  # fmt: skip


def _legend(root: Any, left_out: int, size: int) -> None:
    lines = ["An arrow leads from the original's outlet to the copier; the more copies, the wider."]
    lines.append("Whole and green: most are credited. Dashed and red: most are not.")
    if left_out:
        lines.append(f"{left_out} more outlets, with fewer copies, are not shown.")
    for number, line in enumerate(lines):
        _add(root, "text", line, x="20", y=str(size + 5 + 20 * number), fill="#1c1c1c")


def _add(parent: Any, tag: str, text: str | None = None, **values: str) -> Any:
    namespace = etree.QName(parent).namespace
    made = etree.SubElement(parent, f"{{{namespace}}}{tag}")
    _set(made, **values)
    made.text = text
    return made


def _set(element: Any, **values: str) -> None:
    for name, value in values.items():
        element.set(name, value)


def _bytes(root: Any) -> bytes:
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return found
