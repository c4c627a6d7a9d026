//! Outlines on the ground: containment, distance, centre. City-sized areas only, so the plane is flat enough.

use crate::base::geo::Point;

const KM_PER_DEGREE: f64 = 111.195;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

impl Bounds {
    fn of(points: impl Iterator<Item = Point>) -> Self {
        let start = Self { south: 90.0, west: 180.0, north: -90.0, east: -180.0 };
        points.fold(start, |b, p| Self {
            south: b.south.min(p.lat),
            west: b.west.min(p.lon),
            north: b.north.max(p.lat),
            east: b.east.max(p.lon),
        })
    }

    pub fn contains(&self, p: Point) -> bool {
        (self.south..=self.north).contains(&p.lat) && (self.west..=self.east).contains(&p.lon)
    }
}

/// A multipolygon. In each polygon the first ring is the outer one, the rest are holes; rings close by themselves.
#[derive(Clone, Debug)]
pub struct Shape {
    polygons: Vec<Vec<Vec<Point>>>,
    bounds: Bounds,
}

/// Kilometres east and north of a reference point.
#[derive(Clone, Copy)]
struct Plane {
    east_km: f64,
}

impl Plane {
    fn at(lat: f64) -> Self {
        Self { east_km: KM_PER_DEGREE * lat.to_radians().cos() }
    }
    fn place(self, p: Point) -> (f64, f64) {
        (p.lon * self.east_km, p.lat * KM_PER_DEGREE)
    }
}

impl Shape {
    /// `None` for an outline that encloses nothing. Rings may repeat their first point at the end.
    pub fn new(mut polygons: Vec<Vec<Vec<Point>>>) -> Option<Self> {
        for ring in polygons.iter_mut().flatten() {
            if ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
        }
        let sound = !polygons.is_empty()
            && polygons.iter().all(|rings| !rings.is_empty() && rings.iter().all(|ring| ring.len() >= 3));
        let bounds = Bounds::of(polygons.iter().flatten().flatten().copied());
        sound.then_some(Self { polygons, bounds })
    }

    pub fn polygons(&self) -> &[Vec<Vec<Point>>] {
        &self.polygons
    }

    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub fn contains(&self, p: Point) -> bool {
        self.bounds.contains(p)
            && self.polygons.iter().any(|rings| match rings.split_first() {
                Some((outer, holes)) => in_ring(p, outer) && !holes.iter().any(|hole| in_ring(p, hole)),
                None => false,
            })
    }

    /// Zero inside.
    pub fn distance_km(&self, p: Point) -> f64 {
        if self.contains(p) {
            return 0.0;
        }
        let plane = Plane::at(p.lat);
        let at = plane.place(p);
        self.segments(plane).map(|(a, b)| to_segment(at, a, b)).fold(f64::INFINITY, f64::min)
    }

    /// The gap between two outlines; zero when they touch, overlap or lie in one another.
    pub fn gap_km(&self, other: &Self) -> f64 {
        let touching = |a: &Self, b: &Self| a.corners().next().is_some_and(|p| b.contains(p));
        if touching(self, other) || touching(other, self) {
            return 0.0;
        }
        let plane = Plane::at((self.bounds.south + other.bounds.north) / 2.0);
        self.nearest(other, plane).min(other.nearest(self, plane))
    }

    /// The shortest way from a corner of `self` to an edge of `other`.
    fn nearest(&self, other: &Self, plane: Plane) -> f64 {
        let edges: Vec<_> = other.segments(plane).collect();
        let mut best = f64::INFINITY;
        for corner in self.corners() {
            let at = plane.place(corner);
            for &(a, b) in &edges {
                // A cheap bound first: most edges are further away than the best found so far.
                let beyond = (at.0 - a.0.max(b.0)).max(a.0.min(b.0) - at.0);
                if beyond < best {
                    best = best.min(to_segment(at, a, b));
                }
            }
        }
        best
    }

    /// The centre of mass of the largest part.
    pub fn centre(&self) -> Point {
        let parts = self.polygons.iter().filter_map(|rings| rings.first()).map(|ring| centre_of(ring));
        parts.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(Point { lat: 0.0, lon: 0.0 }, |(centre, _)| centre)
    }

    pub fn area_km2(&self) -> f64 {
        let scale = Plane::at(self.bounds.south).east_km * KM_PER_DEGREE;
        self.polygons.iter().filter_map(|rings| rings.first()).map(|ring| centre_of(ring).1 * scale).sum()
    }

    fn corners(&self) -> impl Iterator<Item = Point> + '_ {
        self.polygons.iter().flatten().flatten().copied()
    }

    fn segments(&self, plane: Plane) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + '_ {
        self.polygons.iter().flatten().flat_map(move |ring| {
            ring.iter().zip(ring.iter().cycle().skip(1)).map(move |(a, b)| (plane.place(*a), plane.place(*b)))
        })
    }
}

fn in_ring(p: Point, ring: &[Point]) -> bool {
    let crossings = ring.iter().zip(ring.iter().cycle().skip(1)).filter(|(a, b)| {
        (a.lat > p.lat) != (b.lat > p.lat) && p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon
    });
    crossings.count() % 2 == 1
}

fn to_segment(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
}

/// Centre of mass and area in square degrees; measured from the first corner, where floats are small.
fn centre_of(ring: &[Point]) -> (Point, f64) {
    let Some(&o) = ring.first() else { return (Point { lat: 0.0, lon: 0.0 }, 0.0) };
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (ax, ay, bx, by) = (a.lon - o.lon, a.lat - o.lat, b.lon - o.lon, b.lat - o.lat);
        let cross = ax * by - bx * ay;
        twice += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if twice == 0.0 {
        return (o, 0.0);
    }
    (Point { lat: o.lat + y / (3.0 * twice), lon: o.lon + x / (3.0 * twice) }, twice.abs() / 2.0)
}
