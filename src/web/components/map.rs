//! A map drawn by the server: area outlines on a street grid, pins are next free times.
//!
//! No tiles from elsewhere, and nothing here knows a city: shores, areas and points all come from the caller.

use maud::{Markup, html};

use crate::base::geo::Point;
use crate::base::time::{WallTime, fmt_clock};

/// An area. Without an outline a circle stands for it.
#[derive(Clone, Debug)]
pub struct Area {
    pub name: String,
    pub centre: Point,
    pub outline: Vec<Point>,
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
pub struct MapView {
    /// What the picture shows, in words.
    pub label: String,
    pub land: Vec<Vec<Point>>,
    pub areas: Vec<Area>,
    pub pins: Vec<Pin>,
}

const SIDE: f64 = 400.0;
/// Half a neighbourhood, in degrees of latitude.
const REACH: f64 = 0.008;

pub fn area_map(view: &MapView) -> Markup {
    let Some(frame) = Frame::around(view) else { return html! {} };
    html! {
        div.map {
            svg viewBox={ "0 0 " (SIDE) " " (SIDE) } role="group" aria-label=(view.label) {
                (ground(view, &frame))
                @for area in view.areas.iter().filter(|a| !a.on).chain(view.areas.iter().filter(|a| a.on)) {
                    (area_shape(area, &frame))
                }
                @for pin in &view.pins { (pin_flag(pin, &frame)) }
            }
        }
    }
}

fn ground(view: &MapView, frame: &Frame) -> Markup {
    let streets: String = (-20..=40).map(|n| format!("M{0} -400V800M-400 {0}H800", n * 22)).collect();
    html! {
        @if view.land.is_empty() {
            rect.map__land width=(SIDE) height=(SIDE) {}
        } @else {
            rect.map__water width=(SIDE) height=(SIDE) {}
            @for shore in &view.land { path.map__land d=(frame.path(shore)) {} }
        }
        g transform={ "rotate(29 " (SIDE / 2.0) " " (SIDE / 2.0) ")" } opacity="0.55" { path.map__st d=(streets) {} }
    }
}

fn area_shape(area: &Area, frame: &Frame) -> Markup {
    let (x, y) = frame.place(area.centre);
    html! {
        @if area.on {
            @if area.outline.is_empty() {
                circle.map__zone cx=(x) cy=(y) r=(frame.reach()) {}
            } @else {
                path.map__zone d=(frame.path(&area.outline)) {}
            }
        }
        text.map__on[area.on] x=(x) y=(y) { (area.name) }
    }
}

fn pin_flag(pin: &Pin, frame: &Frame) -> Markup {
    let words = fmt_clock(pin.start);
    let figures = words.split(' ').next().unwrap_or(&words);
    let wide = 22 + 9 * figures.len() as i32 + if pin.now { 8 } else { 0 };
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
            points.extend(&area.outline);
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

    fn path(&self, points: &[Point]) -> String {
        let mut d: String = points
            .iter()
            .enumerate()
            .map(|(at, point)| {
                let (x, y) = self.place(*point);
                format!("{}{x} {y}", if at == 0 { "M" } else { "L" })
            })
            .collect();
        d.push('Z');
        d
    }
}
