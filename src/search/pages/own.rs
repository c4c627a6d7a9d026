//! What a search page shows of the person's own: recent searches to go back to, saving this one, asking to be told.

use maud::{Markup, html};

use super::params::SearchParams;
use crate::base::refusal::Outcome;
use crate::search::demand::pages::hidden;
use crate::search::history::{self, Recent, normal};
use crate::search::ops::Answered;
use crate::search::visitor::Visitor;
use crate::site::Site;
use crate::web::components::{Button, Icon, button, icon, link_button, post_button};

/// Recent searches shown under a search box (rule: 40§10).
const SHOWN: usize = 3;

/// The person's own part of a page.
pub struct Own {
    recent: Vec<Recent>,
    /// This very search, when it is kept on purpose.
    saved: bool,
    query: String,
    back: String,
    signed_in: bool,
    has_list: bool,
}

impl Own {
    pub fn load(site: &Site, visitor: &Visitor, params: &SearchParams) -> Outcome<Self> {
        let query = params.query();
        let (recent, saved) = match visitor.owner() {
            None => (Vec::new(), false),
            Some(owner) => site.read(|r| {
                let kept = history::tables::find(r, &owner, &normal(&query))?;
                let saved = kept.is_some_and(|row| row.saved_at.is_some() && row.deleted_at.is_none());
                Ok((recent(r, &owner, &normal(&query))?, saved))
            })?,
        };
        let has_list = visitor.owner().is_some();
        Ok(Self { recent, saved, query, back: params.href(), signed_in: visitor.user.is_some(), has_list })
    }

    /// Recent searches where nothing was typed yet, and the way to keep this one where something was.
    pub fn under_box(&self) -> Markup {
        if self.query.is_empty() {
            return recent_row(&self.recent, "/search");
        }
        let (label, keep) = if self.saved { ("Saved. Take it off", "") } else { ("Save this search", "true") };
        html! {
            @if self.has_list {
                div.row.small {
                    (post_button("/searches/save", &[("q", &self.query), ("saved", keep), ("back", &self.back)], &Button::link(label)))
                    a href="/searches" { "Your searches" }
                }
            }
        }
    }

    /// Where nobody fits all of it: being told once somebody does. A guest signs in on the way.
    pub fn wish(&self, params: &SearchParams, answered: &Answered) -> Markup {
        let unread = ["garbage", "too_short", "too_long_or_garbage", "broad"];
        let parsed = &answered.understood.parsed;
        if self.query.is_empty() || parsed.flags.iter().any(|flag| unread.contains(&flag.as_str())) {
            return html! {};
        }
        let query = serde_urlencoded::to_string(params).unwrap_or_default();
        html! {
            section.wish aria-labelledby="wish-h" {
                h3 id="wish-h" { (icon(Icon::Bell)) " Not what you need?" }
                p { "We write to you once, the first time an instructor fits all of it." }
                @if self.signed_in {
                    form method="post" action="/searches/notify" {
                        (hidden(params))
                        (button(&Button::line("Tell me when somebody fits").busy("Keeping it…")))
                    }
                } @else {
                    (link_button(&format!("/searches/notify?{query}"), &Button::line("Tell me when somebody fits")))
                }
            }
        }
    }
}

/// The latest of an owner's searches; what stands in the box already is not offered again, and categories are no
/// sentences (rule: 40§10).
pub fn recent(read: &dyn crate::store::Read, owner: &str, but: &str) -> Outcome<Vec<Recent>> {
    let rows = history::recent(read, owner, SHOWN * 4)?;
    let fits = |row: &Recent| row.query != but && row.kind != history::Kind::Category;
    Ok(rows.into_iter().filter(fits).take(SHOWN).collect())
}

/// Recent searches as chips, each with the way to take it off the list.
pub fn recent_row(rows: &[Recent], back: &str) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    html! {
        div.row.chips role="group" aria-label="Your recent searches" {
            span.small.muted { "Lately:" }
            @for row in rows {
                @let id = row.id.to_string();
                span.recall {
                    a href=(SearchParams::of(&row.query)) { (row.query) }
                    form method="post" action="/searches/forget" {
                        input type="hidden" name="id" value=(id);
                        input type="hidden" name="back" value=(back);
                        button aria-label={ "Forget " (row.query) } { (icon(Icon::Cross)) }
                    }
                }
            }
            a.small href="/searches" { "All" }
        }
    }
}
