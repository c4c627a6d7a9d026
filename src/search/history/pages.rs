//! `/searches`: one's saved and recent searches, the wishes that wait, and what may be remembered at all.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::model::{Choices, Recent};
use super::{ops, tables};
use crate::base::id::RecentSearchId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp, fmt_date, utc_to_local};
use crate::search::demand::{self, Demand, State as DemandState};
use crate::search::pages::SearchParams;
use crate::search::visitor::Visitor;
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Pick, Tone, badge, button, empty, link_button, notice, page_head, pick, post_button, section,
};
use crate::web::{Access, Answer, Chrome, Form, Head, Pages, Params, page, see_other};

const PATH: &str = "/searches";
const SHOWN: usize = 100;

pub fn routes(pages: Pages) -> Pages {
    let anyone = Access::Public;
    pages
        .get(anyone, PATH, show)
        .post(anyone, "/searches/forget", forget)
        .post(anyone, "/searches/clear", clear)
        .post(anyone, "/searches/save", save)
        .post(anyone, "/searches/choices", choose)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    done: String,
}

async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    visitor: Visitor,
    Params(done): Params<Done>,
) -> Answer<Markup> {
    let view = View::load(&site, &visitor)?;
    let said = match done.done.as_str() {
        "cleared" => "Your recent searches are gone.",
        "choices" => "Your choice holds from now on.",
        "wished" => "We will write to you once somebody fits all of it.",
        "stopped" => "That wish is given up.",
        _ => "",
    };
    let head = Head { robots: Some("noindex".to_owned()), ..Head::from("Your searches") };
    let body = html! {
        div.wrap.stack.stack--l {
            (page_head("Your searches", view.lead(), html! {}))
            @if !said.is_empty() { (notice(Tone::Ok, said)) }
            @if visitor.user.is_some() {
                (section("wishes", "Told when somebody fits", "One mail, the first time an instructor fits all of it.", wishes(&view)))
            }
            (section("saved", "Saved", "Kept until you take them off.", list(&view.saved, &view, "Nothing saved yet", "Save a search from its results to find it here.")))
            (section("recent", "Recent", "The latest first.", recent(&view)))
            (section("choices", "What we remember", "Nobody but you sees this page.", choices(&view)))
        }
    };
    Ok(page(&chrome, head, body))
}

struct View {
    saved: Vec<Recent>,
    recent: Vec<Recent>,
    wishes: Vec<Demand>,
    chosen: Choices,
    zone: TimeZone,
    signed_in: bool,
}

impl View {
    fn load(site: &Site, visitor: &Visitor) -> Outcome<Self> {
        site.read(|r| {
            let owner = visitor.owner();
            let list = |owner: &String| tables::recent(r, owner, SHOWN);
            let recent = owner.as_ref().map(list).transpose()?.unwrap_or_default();
            let (saved, recent) = recent.into_iter().partition(|row| row.saved_at.is_some());
            let wishes = visitor.user.map(|user| demand::tables::of(r, user)).transpose()?.unwrap_or_default();
            let chosen = owner.map(|owner| tables::choices(r, &owner)).transpose()?.unwrap_or_default();
            Ok(Self { saved, recent, wishes, chosen, zone: site.zone.clone(), signed_in: visitor.user.is_some() })
        })
    }

    fn lead(&self) -> &'static str {
        if self.signed_in { "They belong to your account." } else { "They belong to this browser until you sign in." }
    }

    fn day(&self, at: Timestamp) -> String {
        fmt_date(utc_to_local(at, &self.zone).0)
    }
}

fn list(rows: &[Recent], view: &View, none: &str, words: &str) -> Markup {
    if rows.is_empty() {
        return empty(none, words, Some(link_button("/search", &Button::line("Find a lesson"))));
    }
    html! {
        ul.listed.plain { @for row in rows { (entry(row, view)) } }
    }
}

fn entry(row: &Recent, view: &View) -> Markup {
    let id = row.id.to_string();
    let saved = row.saved_at.is_some();
    let about = format!("Remove {}", row.query);
    html! {
        li.row.row--split {
            div {
                a href=(SearchParams::of(&row.query)) { b { (row.query) } }
                br;
                span.small.muted {
                    (view.day(row.last_at))
                    @if row.count > 1 { ", " (row.count) " times" }
                }
            }
            div.row {
                (post_button("/searches/save", &[("q", &row.query), ("saved", if saved { "" } else { "true" }), ("back", PATH)],
                    &Button::link(if saved { "Unsave" } else { "Save" })))
                (post_button("/searches/forget", &[("id", &id), ("back", PATH)], &Button::link("Remove").says(&about)))
            }
        }
    }
}

fn recent(view: &View) -> Markup {
    html! {
        (list(&view.recent, view, "No recent searches", "What you search for stands here, so that you need not type it twice."))
        @if !view.recent.is_empty() {
            div.row { (post_button("/searches/clear", &[], &Button::line("Remove all of them").small())) }
        }
    }
}

fn wishes(view: &View) -> Markup {
    if view.wishes.is_empty() {
        return empty(
            "No wishes waiting",
            "Where a search finds nobody who fits all of it, you can ask to be told.",
            None,
        );
    }
    html! {
        ul.listed.plain {
            @for wish in &view.wishes {
                li.row.row--split {
                    div {
                        a href=(wish_href(wish)) { b { (wish.query) } } " " (state(wish.state))
                        br;
                        span.small.muted { (wish.label) ", since " (view.day(wish.said_at)) }
                        @if !wish.names.is_empty() { br; span.small { "Fits: " (wish.names.join(", ")) } }
                    }
                    @if wish.state == DemandState::Waiting {
                        (post_button(&format!("/searches/notify/{}/stop", wish.id), &[], &Button::link("Give it up").says(&format!("Give it up: {}", wish.query))))
                    }
                }
            }
        }
    }
}

/// The search a wish stands for.
pub fn wish_href(wish: &Demand) -> String {
    let params: SearchParams = serde_urlencoded::from_str(&wish.filters).unwrap_or_default();
    SearchParams { q: wish.query.clone(), ..params }.href()
}

fn state(state: DemandState) -> Markup {
    match state {
        DemandState::Waiting => badge(Tone::Plain, "waiting"),
        DemandState::Matched => badge(Tone::Ok, "found"),
        DemandState::Expired => badge(Tone::Plain, "its day is over"),
        DemandState::Stopped => badge(Tone::Plain, "given up"),
    }
}

fn choices(view: &View) -> Markup {
    let history = Choice::new("true", "Remember what I search", !view.chosen.no_history)
        .note("Switched off, everything remembered is erased and searches are counted without you.");
    let suggestions = Choice::new("true", "Suggest lessons from what I did", !view.chosen.no_suggestions)
        .note("Book again, what to learn next, similar instructors.");
    html! {
        form.stack method="post" action="/searches/choices" {
            (pick(Pick::Many, "history", &history))
            (pick(Pick::Many, "suggestions", &suggestions))
            div.row { (button(&Button::line("Save the choice").busy("Saving…"))) }
        }
    }
}

/// Whose list a form changes.
fn owner(visitor: &Visitor) -> Outcome<String> {
    visitor.owner().ok_or_else(|| Refusal::conflict("NO_LIST", "This browser keeps no list yet: search first."))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Forgotten {
    id: String,
    back: String,
}

async fn forget(State(site): State<Site>, visitor: Visitor, Form(input): Form<Forgotten>) -> Answer<Response> {
    let owner = owner(&visitor)?;
    let id: RecentSearchId =
        input.id.parse().map_err(|_| Refusal::not_found("SEARCH_NOT_FOUND", "There is no such search."))?;
    site.write(move |tx| ops::forget(tx, &owner, id)).await?;
    Ok(see_other(if input.back.is_empty() { PATH } else { &input.back }))
}

async fn clear(State(site): State<Site>, visitor: Visitor) -> Answer<Response> {
    let owner = owner(&visitor)?;
    site.write(move |tx| {
        for row in tables::recent(tx, &owner, crate::base::limits::SCAN_ROWS)? {
            if row.saved_at.is_none() {
                ops::forget(tx, &owner, row.id)?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(see_other("/searches?done=cleared"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Saved {
    q: String,
    saved: String,
    back: String,
}

async fn save(State(site): State<Site>, visitor: Visitor, Form(input): Form<Saved>) -> Answer<Response> {
    let (owner, query) = (owner(&visitor)?, ops::checked(&input.q)?);
    let keep = input.saved == "true";
    site.write(move |tx| ops::save(tx, &owner, &query, keep)).await?;
    Ok(see_other(if input.back.is_empty() { PATH } else { &input.back }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chosen {
    history: String,
    suggestions: String,
}

async fn choose(State(site): State<Site>, visitor: Visitor, Form(input): Form<Chosen>) -> Answer<Response> {
    let owner = owner(&visitor)?;
    let wanted = Choices { no_history: input.history != "true", no_suggestions: input.suggestions != "true" };
    site.write(move |tx| ops::choose(tx, &owner, wanted)).await?;
    Ok(see_other("/searches?done=choices"))
}
