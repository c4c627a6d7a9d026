//! The versions the prices had, who made them and why.

use maud::{Markup, html};

use super::PATH;
use crate::accounts;
use crate::base::refusal::{Outcome, Refusal};
use crate::console::pages::shell::person;
use crate::console::words::Moments;
use crate::payments::model::PricingVersion;
use crate::payments::ops;
use crate::store::Read;
use crate::web::components::{Col, Row, Table, table};

/// Every version the prices had, the latest first.
pub(super) fn versions(r: &dyn Read, times: &Moments) -> Outcome<Markup> {
    let versions = ops::pricing_history(r)?;
    if versions.is_empty() {
        return Ok(html! {});
    }
    let current = versions.first().map(|version| version.config.version);
    let mut rows = Vec::new();
    for version in &versions {
        rows.push(row(r, version, current, times)?);
    }
    Ok(html! {
        section.stack.stack--s {
            h2.h3 { "History" }
            (table(&Table {
                caption: "Versions of the prices".to_owned(),
                caption_hidden: true,
                cols: vec![Col::new("Version"), Col::new("Since"), Col::new("Prices"), Col::new("Why"), Col::new("")],
                rows,
                foot: None,
            }))
        }
    })
}

fn row(r: &dyn Read, version: &PricingVersion, current: Option<u64>, times: &Moments) -> Outcome<Row> {
    let number = version.config.version;
    let by = version.by.map(|id| Ok::<_, Refusal>(person(accounts::user(r, id)?.as_ref(), id))).transpose()?;
    let tiers: Vec<String> = version.config.tiers.iter().map(|tier| tier.pct.percent()).collect();
    Ok(Row::new(vec![
        html! { (number) },
        html! { span { @match version.at { Some(at) => (times.at(at)), None => "the beginning" } @if let Some(by) = by { br; small { "by " (by) } } } },
        html! { span { "protection " (version.config.student_fee.percent()) br; small { "share " (tiers.join(", ")) ", founding " (version.config.founding_rate.percent()) } } },
        html! { (version.reason.as_deref().unwrap_or("")) },
        html! {
            @if Some(number) == current { "now" }
            @else { a href={ (PATH) "?from=" (number) } { "Begin from these" } }
        },
    ]))
}
