//! A map drawn by the server: area outlines on a street grid, pins are next free times.
//!
//! No tiles from elsewhere, and nothing here knows a city: shores, areas and points all come from the caller.

use maud::{Markup, html};

use crate::base::geo::Point;
use crate::base::time::{WallTime, fmt_clock};

/// One piece of solid ground with the rings of its outline.
#[derive(Clone, Debug)]
pub struct Patch<'a> {
    pub rings: Vec<&'a [Point]>,
    pub green: bool,
}

/// A named area. Without an outline a circle stands for it.
#[derive(Clone, Debug)]
pub struct Area<'a> {
    pub name: String,
    pub centre: Point,
    pub rings: Vec<&'a [Point]>,
    /// The one that was asked for or is served: drawn in ink.
    pub on: bool,
}

/// The next free time of one instructor.
#[derive(Clone, Debug)]
pub struct Pin {
    pub at: Point,
    pub start: WallTime,
    pub now: bool,
    pub href: String,
    /// "Sarah C., Upper West Side".
    pub name: String,
}

#[derive(Clone, Debug, Default)]
pub struct MapView<'a> {
    /// What the picture shows, in words.
    pub label: String,
    /// Everything around it; what is not ground is water. Without any, a plain street grid.
    pub ground: Vec<Patch<'a>>,
    pub areas: Vec<Area<'a>>,
    pub pins: Vec<Pin>,
}

const SIDE: f64 = 320.0;
/// Half a neighborhood, in degrees of latitude.
const REACH: f64 = 0.008;

/// The picture; nothing where there is neither area nor pin.
pub fn area_map(view: &MapView) -> Markup {
    let Some(frame) = Frame::around(view) else { return html! {} };
    html! {
        div.map {
            svg viewBox={ "0 0 " (SIDE) " " (SIDE) } role="group" aria-label=(view.label) {
                (ground(view, &frame))
                @for area in view.areas.iter().filter(|area| area.on) { (zone(area, &frame)) }
                (names(view, &frame))
                @for pin in &view.pins { (pin_flag(pin, &frame)) }
            }
        }
    }
}

fn ground(view: &MapView, frame: &Frame) -> Markup {
    if view.ground.is_empty() {
        let streets: String = (-15..=30).map(|n| format!("M{0} -320V640M-320 {0}H640", n * 22)).collect();
        return html! {
            rect.map__land width=(SIDE) height=(SIDE) {}
            g transform={ "rotate(29 " (SIDE / 2.0) " " (SIDE / 2.0) ")" } { path.map__st d=(streets) {} }
        };
    }
    let all = |green: bool| -> String {
        let patches = view.ground.iter().filter(|patch| patch.green == green);
        patches.flat_map(|patch| &patch.rings).map(|ring| frame.path(ring)).collect()
    };
    html! {
        rect.map__water width=(SIDE) height=(SIDE) {}
        path.map__land d=(all(false)) {}
        path.map__land.map__park d=(all(true)) {}
    }
}

fn zone(area: &Area, frame: &Frame) -> Markup {
    let (x, y) = frame.place(area.centre);
    let outline: String = area.rings.iter().map(|ring| frame.path(ring)).collect();
    html! {
        @if outline.is_empty() {
            circle.map__zone cx=(x) cy=(y) r=(frame.reach()) {}
        } @else {
            path.map__zone d=(outline) {}
        }
    }
}

/// Names where they fit: those asked for first, then whatever lies free of them, of the pins and of the edges.
fn names(view: &MapView, frame: &Frame) -> Markup {
    let mut taken: Vec<(i32, i32, i32)> =
        view.pins.iter().map(|pin| (frame.place(pin.at), 36)).map(|((x, y), w)| (x, y, w)).collect();
    let mut shown: Vec<(&Area, i32, i32)> = Vec::new();
    for area in view.areas.iter().filter(|a| a.on).chain(view.areas.iter().filter(|a| !a.on)) {
        let (x, middle) = frame.place(area.centre);
        let half = 4 * area.name.chars().count() as i32;
        let free = |y: i32, taken: &[(i32, i32, i32)]| {
            (half..SIDE as i32 - half).contains(&x)
                && (16..SIDE as i32 - 8).contains(&y)
                && taken.iter().all(|(tx, ty, tw)| (x - tx).abs() > half + tw || (y - ty).abs() > 26)
        };
        let repeated = shown.iter().any(|(other, ..)| other.name == area.name);
        let spot = [0, -30, 30, -56, 56].into_iter().map(|shift| middle + shift).find(|y| free(*y, &taken));
        if let (Some(y), false) = (spot, repeated) {
            taken.push((x, y, half));
            shown.push((area, x, y));
        }
    }
    html! { @for (area, x, y) in shown { text.map__on[area.on] x=(x) y=(y) { (area.name) } } }
}

fn pin_flag(pin: &Pin, frame: &Frame) -> Markup {
    let words = fmt_clock(pin.start);
    let figures = words.split(' ').next().unwrap_or(&words);
    let wide = 20 + 9 * figures.len() as i32 + if pin.now { 8 } else { 0 };
    let (x, y) = frame.place(pin.at);
    let left = (x - wide / 2).clamp(4, SIDE as i32 - wide - 4);
    let top = (y - 16).clamp(4, SIDE as i32 - 36);
    let name = format!("{}, {}{words}", pin.name, if pin.now { "bookable now, " } else { "" });
    html! {
        a.map__pin href=(pin.href) aria-label=(name) {
            rect x=(left) y=(top) width=(wide) height="32" rx="3" {}
            @if pin.now { rect.map__now x=(left + 1) y=(top + 1) width="7" height="30" {} }
            text x=(left + wide / 2 + if pin.now { 3 } else { 0 }) y=(top + 22) { (figures) }
        }
    }
}

/// Degrees to picture: longitudes are shortened by the latitude's cosine, so blocks keep their shape.
struct Frame {
    west: f64,
    north: f64,
    scale: f64,
    squeeze: f64,
}

impl Frame {
    /// The picture shows what was asked for; when nothing was, everything there is.
    fn around(view: &MapView) -> Option<Self> {
        let mut points: Vec<Point> = view.pins.iter().map(|pin| pin.at).collect();
        let chosen = view.areas.iter().any(|a| a.on);
        for area in view.areas.iter().filter(|a| a.on || !chosen) {
            points.push(area.centre);
            points.extend(area.rings.iter().copied().flatten());
        }
        let first = *points.first()?;
        let (mut south, mut north, mut west, mut east) = (first.lat, first.lat, first.lon, first.lon);
        for point in points {
            (south, north) = (south.min(point.lat), north.max(point.lat));
            (west, east) = (west.min(point.lon), east.max(point.lon));
        }
        let squeeze = ((south + north) / 2.0).to_radians().cos();
        let span = ((north - south).max((east - west) * squeeze) + 2.0 * REACH).max(4.0 * REACH);
        let (mid_lat, mid_lon) = ((south + north) / 2.0, (west + east) / 2.0);
        Some(Self { west: mid_lon - span / squeeze / 2.0, north: mid_lat + span / 2.0, scale: SIDE / span, squeeze })
    }

    fn place(&self, point: Point) -> (i32, i32) {
        let x = (point.lon - self.west) * self.squeeze * self.scale;
        let y = (self.north - point.lat) * self.scale;
        (x.round() as i32, y.round() as i32)
    }

    fn reach(&self) -> i32 {
        (REACH * self.scale).round() as i32
    }

    /// A closed ring, as coarse as the picture; nothing when it lies outside.
    fn path(&self, ring: &[Point]) -> String {
        let spots: Vec<(i32, i32)> = ring.iter().map(|point| self.place(*point)).collect();
        let reach = |of: fn(&(i32, i32)) -> i32| {
            let (low, high) =
                spots.iter().map(of).fold((i32::MAX, i32::MIN), |(low, high), v| (low.min(v), high.max(v)));
            low <= SIDE as i32 && high >= 0
        };
        if !reach(|spot| spot.0) || !reach(|spot| spot.1) {
            return String::new();
        }
        let mut d = String::new();
        let mut last: Option<(i32, i32)> = None;
        for (x, y) in spots {
            if last.is_some_and(|(lx, ly)| (x - lx).abs() < 2 && (y - ly).abs() < 2) {
                continue;
            }
            d.push_str(&format!("{}{x} {y}", if last.is_none() { "M" } else { "L" }));
            last = Some((x, y));
        }
        d.push('Z');
        d
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_frames_what_was_asked_for() {
        let point = |lat, lon| Point { lat, lon };
        let square = [point(40.78, -73.98), point(40.79, -73.98), point(40.79, -73.97), point(40.78, -73.97)];
        let far = [point(41.78, -73.98), point(41.79, -73.98), point(41.79, -73.97)];
        let view = MapView {
            label: "Area".into(),
            ground: vec![Patch { rings: vec![&square], green: false }, Patch { rings: vec![&far], green: true }],
            areas: vec![Area { name: "Here".into(), centre: point(40.785, -73.975), rings: vec![&square], on: true }],
            pins: vec![],
        };
        let frame = Frame::around(&view).unwrap();
        let (x, y) = frame.place(point(40.785, -73.975));
        assert_eq!((x, y), (160, 160));
        assert_eq!(frame.path(&far), "");
        assert!(area_map(&view).0.contains("Here"));
        assert_eq!(area_map(&MapView::default()).0, "");
    }
}
