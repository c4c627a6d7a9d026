//! How every score of a tried search came about, and how far results moved by the weights that are tried.

use maud::{Markup, html};

use super::bench::Tried;
use crate::search::find::Card;
use crate::search::knowledge;
use crate::web::components::{Col, Row, Stat, Table, Tone, badge, empty, stats, table};

pub fn results(tried: &Tried) -> Markup {
    let cards = tried.answered.cards();
    if cards.is_empty() {
        return empty("Nobody found", "The funnel says after which step nobody was left.", None);
    }
    let weights = tried.tuning.weights;
    let row = |(at, card): (usize, &Card)| {
        let signals = card.signals;
        let part = |weight: f64, signal: f64| html! { (format!("{:.3}", weight * signal)) br; small { (format!("{signal:.2}")) } };
        Row::new(vec![
            html! { b { (at + 1) ". " (card.row.name()) } @if let Some(moved) = moved(tried, at, card) { " " (moved) } br; small { (knowledge().service_name(card.row.offers[card.best.offer].service)) ", " (card.group.label()) } },
            part(weights.relevance, signals.relevance),
            part(weights.quality, signals.quality),
            part(weights.distance, signals.distance),
            part(weights.price, signals.price),
            part(weights.freshness, signals.freshness),
            part(weights.completeness, signals.completeness),
            html! { (format!("+{:.2}", signals.boosts)) },
            html! { (format!("×{:.2}", signals.founding)) },
            html! { b { (format!("{:.3}", card.score)) } },
        ])
    };
    let mut cols = vec![Col::new("Instructor")];
    cols.extend(
        ["Relevance", "Quality", "Distance", "Price", "Fresh", "Complete", "Fit", "Founding", "Score"].map(Col::end),
    );
    html! {
        section.stack.stack--s {
            h2.h3 { "Scores" }
            (stats(&[Stat::new("Found", tried.answered.found.total.to_string(), format!("{} fit everything", tried.answered.exact()))]))
            p.small.muted { "Above: what the signal adds to the score. Below: the signal itself, 0 to 1." }
            (table(&Table { caption: "Scores".into(), caption_hidden: true, cols, rows: cards.iter().enumerate().map(row).collect(), foot: None }))
        }
    }
}

/// How far a result moved by the weights that are tried.
fn moved(tried: &Tried, at: usize, card: &Card) -> Option<Markup> {
    let before = tried.before.as_ref()?;
    Some(match before.iter().position(|id| *id == card.row.id) {
        None => badge(Tone::Ok, "new"),
        Some(old) if old > at => badge(Tone::Ok, format!("up {}", old - at)),
        Some(old) if old < at => badge(Tone::Plain, format!("down {}", at - old)),
        Some(_) => html! {},
    })
}
