//! Figures and small charts, drawn as SVG: the label carries the numbers, a goal is dashed.

use maud::{Markup, Render, html};

#[derive(Clone, Debug, Default)]
pub struct Stat {
    pub label: String,
    pub value: String,
    pub note: String,
    /// The one that matters most stands first and larger.
    pub lead: bool,
}

impl Stat {
    pub fn new(label: impl Into<String>, value: impl Into<String>, note: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), note: note.into(), lead: false }
    }
    #[must_use]
    pub fn lead(mut self) -> Self {
        self.lead = true;
        self
    }
}

pub fn stat(s: &Stat) -> Markup {
    html! {
        div.stats__lead[s.lead] {
            dt { (s.label) }
            dd.fig { (s.value) }
            @if !s.note.is_empty() { dd.stats__note { p { (s.note) } } }
        }
    }
}

pub fn stats(list: &[Stat]) -> Markup {
    html! { dl.stats { @for one in list { (stat(one)) } } }
}

/// A value with its word under the axis; only some bars need one.
#[derive(Clone, Debug)]
pub struct Bar {
    pub value: u64,
    pub word: String,
    /// The bar we speak of, in ink with its number above.
    pub hot: bool,
}

/// Bars over a zero line. `label` says in words what the picture shows.
pub fn bar_chart(label: &str, bars: &[Bar]) -> Markup {
    const LEFT: f64 = 30.0;
    const WIDE: f64 = 540.0;
    const HIGH: f64 = 120.0;
    let top = nice_ceiling(bars.iter().map(|b| b.value).max().unwrap_or(1));
    let pitch = WIDE / bars.len().max(1) as f64;
    let height = |value: u64| HIGH * value as f64 / top as f64;
    let line = |y: f64| format!("M{LEFT} {y}H{}", LEFT + WIDE);
    // A word that would run out of the picture ends with its bar instead of beginning there.
    let late = |x: f64, word: &str| x + 9.0 * word.chars().count() as f64 > LEFT + WIDE;
    html! {
        svg.chart.chart--bars viewBox="0 -12 576 164" role="img" aria-label=(label) {
            @for part in 0..=2u64 {
                @let y = 10.5 + HIGH - HIGH * part as f64 / 2.0;
                path.ax d=(line(y)) {}
                text x="0" y=(y + 4.0) { (top * part / 2) }
            }
            @for (at, bar) in bars.iter().enumerate() {
                @let x = LEFT + pitch * at as f64 + pitch * 0.14;
                @let tall = height(bar.value);
                rect.bar.hot[bar.hot] x=(short(x)) y=(short(10.5 + HIGH - tall)) width=(short(pitch * 0.72)) height=(short(tall)) {}
                @if bar.hot { text.v x=(short(x)) y=(short(6.0 + HIGH - tall)) { (bar.value) } }
                @if !bar.word.is_empty() {
                    @let end = late(x, &bar.word);
                    text.v[bar.hot] x=(short(if end { x + pitch * 0.72 } else { x })) y="147" text-anchor=[end.then_some("end")] { (bar.word) }
                }
            }
        }
    }
}

/// A line without axes; `goal` is drawn dashed.
pub fn sparkline(label: &str, values: &[f64], goal: Option<f64>) -> Markup {
    const WIDE: f64 = 260.0;
    const HIGH: f64 = 56.0;
    let top = values.iter().copied().chain(goal).fold(f64::MIN_POSITIVE, f64::max) * 1.1;
    let y = |value: f64| 4.0 + HIGH - HIGH * value / top;
    let step = WIDE / values.len().saturating_sub(1).max(1) as f64;
    let path: String = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            format!("{}{} {}", if at == 0 { "M" } else { "L" }, short(step * at as f64), short(y(*value)))
        })
        .collect();
    html! {
        svg.chart viewBox="0 0 260 64" role="img" aria-label=(label) {
            path.ax d="M0 63.5H260" {}
            @if let Some(goal) = goal { path.goal d={ "M0 " (short(y(goal))) "H260" } {} }
            path.ln d=(path) {}
        }
    }
}

/// A share of a whole; the words beside it carry the numbers.
pub fn meter(part: u64, whole: u64) -> Markup {
    let percent = (part.min(whole) as f64 * 100.0) / whole.max(1) as f64;
    html! { svg.meter aria-hidden="true" { rect width={ (short(percent)) "%" } height="100%" {} } }
}

/// Title, the figure, the picture, what it means.
pub fn chart_box(title: &str, figure: &str, picture: Markup, words: impl Render) -> Markup {
    html! {
        section {
            h2.h3 { (title) }
            @if !figure.is_empty() { p.figure { (figure) } }
            (picture)
            p.small.muted { (words) }
        }
    }
}

fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// The next even 1, 2 or 5 times a power of ten, so the middle line is a whole number.
fn nice_ceiling(max: u64) -> u64 {
    let mut unit = 1u64;
    loop {
        for step in [2, 4, 6, 10] {
            if max <= step * unit {
                return step * unit;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_a_round_number() {
        for (max, want) in [(0, 2), (1, 2), (3, 4), (38, 40), (41, 60), (101, 200)] {
            assert_eq!(nice_ceiling(max), want, "{max}");
        }
        assert!(nice_ceiling(u64::MAX / 20) > 0);
    }
}
