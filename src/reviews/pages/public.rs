//! `/instructors/{id}/reviews`: everything published, with the filters in the address.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{rating_line, review_item};
use crate::accounts;
use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::base::paging::PageQuery;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{count, first_last_initial};
use crate::instructors;
use crate::reviews::ops::{self, Filter};
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Field, Pager, Pick, button, crumb, empty, link_button, page_head, pager, pick, select,
};
use crate::web::{Answer, Chrome, Id, Params, page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    min_rating: Option<String>,
    with_text: Option<String>,
    page: Option<u32>,
}

impl Query {
    fn min(&self) -> Option<u8> {
        self.min_rating.as_deref().and_then(|n| n.parse().ok()).filter(|n| (1..=5).contains(n))
    }

    fn filter(&self) -> Filter {
        Filter { rating: None, min_rating: self.min(), with_text: self.with_text.is_some() }
    }

    fn address(&self, who: UserId, page: u32) -> String {
        let min = self.min().map(|n| format!("&min_rating={n}")).unwrap_or_default();
        let text = if self.with_text.is_some() { "&with_text=1" } else { "" };
        format!("/instructors/{who}/reviews?page={page}{min}{text}")
    }
}

pub(super) async fn show(
    State(site): State<Site>,
    viewer: Option<Actor>,
    chrome: Chrome,
    Id(who): Id<UserId>,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    let (name, body) = site.read(|r| {
        let (user, profile) = match (accounts::user(r, who)?, instructors::profile(r, who)?) {
            (Some(user), Some(profile)) => (user, profile),
            _ => return Err(absent()),
        };
        let own = viewer.as_ref().is_some_and(|actor| actor.user_id == who);
        if !own && !instructors::is_public(&profile, &user, site.now()) {
            return Err(absent());
        }
        let name = first_last_initial(&user.first_name, &user.last_name);
        let rating = ops::rating_of(r, site.now(), who, None)?;
        let paging = PageQuery { page: query.page, ..PageQuery::default() };
        let found = paging.cut(ops::recent(r, who, query.filter())?)?;
        let items = found.items.iter().map(|review| review_item(r, review, &user.first_name, html! {}));
        let items = items.collect::<Outcome<Vec<_>>>()?;
        let body = html! {
            div.wrap.stack {
                (crumb(&name, &format!("/instructors/{who}")))
                (page_head(&format!("Reviews of {name}"), "Written by students after lessons that took place.", html! {}))
                (rating_line(&rating))
                (filters(who, &query))
                @if items.is_empty() {
                    (empty("No reviews to show", "None match, or nobody has written one yet.",
                        Some(link_button(&format!("/instructors/{who}/reviews"), &Button::line("Show all reviews")))))
                } @else {
                    ul.l.reviews { @for item in &items { (item) } }
                    (pages(who, &query, &found.numbers))
                }
            }
        };
        Ok((name, body))
    })?;
    Ok(page(&chrome, format!("Reviews of {name}"), body))
}

fn absent() -> Refusal {
    Refusal::not_found("INSTRUCTOR_NOT_FOUND", "There is no such instructor.")
}

fn filters(who: UserId, query: &Query) -> Markup {
    let least = query.min();
    let mut choices = vec![Choice::new("", "Any stars", least.is_none())];
    choices.extend((2..=5u8).rev().map(|n| {
        let label = if n == 5 { "5 stars".to_owned() } else { format!("{n} stars and more") };
        Choice::new(n.to_string(), label, least == Some(n))
    }));
    html! {
        form.row method="get" action={ "/instructors/" (who) "/reviews" } {
            (select(&Field { name: "min_rating", label: "Stars", small: true, ..Field::default() }, &choices))
            (pick(Pick::Many, "with_text", &Choice::new("1", "With words", query.with_text.is_some())))
            (button(&Button::line("Show").small()))
        }
    }
}

fn pages(who: UserId, query: &Query, numbers: &crate::base::paging::Numbers) -> Markup {
    let (page, total) = (numbers.page.unwrap_or(1), numbers.total.unwrap_or(0));
    let turn = |on: Option<bool>, label: &str, to: u32| {
        on.unwrap_or(false).then(|| (label.to_owned(), query.address(who, to)))
    };
    pager(&Pager {
        summary: count(usize::try_from(total).unwrap_or(usize::MAX), "review", "reviews"),
        back: turn(numbers.has_prev, "Newer", page.saturating_sub(1)),
        next: turn(numbers.has_next, "Older", page.saturating_add(1)),
    })
}
