//! Price lines with their total, and the cancellation bands.

use maud::{Markup, html};

use crate::base::money::Cents;
use crate::base::time::{Date, WallTime, fmt_clock, fmt_date};

/// A frozen quote line. `amount` is words, so a line may also say "none".
#[derive(Clone, Debug, Default)]
pub struct PriceLine {
    pub label: String,
    pub hint: String,
    pub amount: String,
}

impl PriceLine {
    pub fn new(label: impl Into<String>, amount: Cents) -> Self {
        Self { label: label.into(), hint: String::new(), amount: amount.dollars() }
    }
    pub fn words(label: impl Into<String>, amount: impl Into<String>) -> Self {
        Self { label: label.into(), hint: String::new(), amount: amount.into() }
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// Lines are never shown without their total.
pub fn price_table(lines: &[PriceLine], total: &PriceLine) -> Markup {
    html! {
        table.price {
            tbody {
                @for line in lines {
                    tr {
                        th scope="row" { (line.label) @if !line.hint.is_empty() { small { (line.hint) } } }
                        td { (line.amount) }
                    }
                }
            }
            tfoot { tr { th scope="row" { (total.label) } td { (total.amount) } } }
        }
    }
}

/// One band of the cancellation policy: its name, until when, and the exact money.
#[derive(Clone, Debug)]
pub struct Band {
    pub name: String,
    pub text: String,
    pub here: bool,
}

/// Dates and exact sums per band, the reader's own place marked.
pub fn policy_bands(bands: &[Band]) -> Markup {
    html! {
        ol.bands {
            @for band in bands {
                li aria-current=[band.here.then_some("true")] {
                    b { (band.name) @if band.here { " " span.you { "You are here" } } }
                    (band.text)
                }
            }
        }
    }
}

/// The chosen time, large: day above, end beside.
pub fn when(date: Date, start: WallTime, end: WallTime, large: bool) -> Markup {
    let words = fmt_clock(start);
    let (figures, half) = words.rsplit_once(' ').unwrap_or((&words, ""));
    let end_words = fmt_clock(end);
    let same_half = end_words.ends_with(half);
    html! {
        p.when.when--l[large] {
            span { (fmt_date(date)) }
            time.fig datetime={ (date) "T" (start) } {
                (figures)
                small { @if !same_half { (half) " " } "to " (end_words) }
            }
        }
    }
}
