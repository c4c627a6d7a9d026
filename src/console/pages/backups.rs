//! `/admin/backups`: what could be restored, how old it is, and what went wrong.

use axum::extract::State;
use maud::{Markup, html};

use super::shell::{as_of, heading, moments, show, state};
use crate::base::time::Timestamp;
use crate::console::figures::health::bytes_words;
use crate::console::words::{Moments, Mood};
use crate::site::Site;
use crate::store::backup::{self, BackupRow};
use crate::web::components::{Col, Row, Table, Tone, empty, notice, table};
use crate::web::{Answer, Chrome};

const SHOWN: usize = 200;

pub async fn list(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    let times = moments(&site);
    let rows = site.read(|r| backup::recent(r, SHOWN))?;
    let body = html! {
        div.stack {
            (heading("Backups", as_of(&chrome, &times)))
            (newest(&rows, &times))
            @if rows.is_empty() {
                (empty(
                    "No backup yet",
                    "Every night one is taken, restored somewhere else and verified there. In a sandbox only if the setting “backups” says so; by hand with “instainstru backup”.",
                    None,
                ))
            } @else {
                (listed(&rows, &times))
                p.small.muted {
                    "A backup counts once it was restored and verified. Restore one with " code { "instainstru restore" }
                    ". Keys are never in it: keep a copy of " code { "keys/" } " elsewhere."
                }
            }
        }
    };
    Ok(show(&site, &chrome, "Backups", body)?)
}

fn newest(rows: &[(Timestamp, BackupRow)], times: &Moments) -> Markup {
    let good = rows.iter().find(|(_, row)| row.is_good());
    match (rows.first(), good) {
        (Some((_, last)), Some((at, _))) if !last.is_good() => notice(
            Tone::Bad,
            format!("The last try failed. The newest good backup is of {}, {}.", times.at(*at), times.distance(*at)),
        ),
        (Some(_), None) => notice(Tone::Bad, "Every try has failed so far. There is nothing to restore."),
        _ => html! {},
    }
}

fn listed(rows: &[(Timestamp, BackupRow)], times: &Moments) -> Markup {
    let row = |(at, row): &(Timestamp, BackupRow)| {
        let ended = if row.is_good() { (Mood::Good, "Verified") } else { (Mood::Bad, "Failed") };
        Row::new(vec![
            html! { time datetime=(at) { (times.at(*at)) } br; span.small.muted { (times.distance(*at)) } },
            html! { (state(ended)) @if let Some(error) = &row.error { br; span.small { (error) } } },
            html! { @if row.is_good() { (bytes_words(row.bytes)) } },
            html! { @if row.is_good() { (row.rows) } },
            html! { @if row.is_good() { (row.blobs) } },
            html! { (format!("{}.{} s", row.took_ms / 1000, row.took_ms % 1000 / 100)) },
            html! { code.small { (row.place) "/" (row.name) } },
        ])
    };
    table(&Table {
        caption: "Backups, newest first".to_owned(),
        caption_hidden: true,
        cols: vec![
            Col::new("Taken"),
            Col::new("State"),
            Col::end("Size"),
            Col::end("Rows"),
            Col::end("Files"),
            Col::end("Took"),
            Col::new("Where"),
        ],
        rows: rows.iter().map(row).collect(),
        foot: None,
    })
}
