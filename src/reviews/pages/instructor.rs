//! `/instructor/reviews`: what students wrote, and the one answer to each.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{first_name, rating_line, review_item};
use crate::base::access::Actor;
use crate::base::id::{ReviewId, UserId};
use crate::base::paging::PageQuery;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::count;
use crate::reviews::model::Review;
use crate::reviews::ops;
use crate::reviews::rules::TEXT_CHARS;
use crate::reviews::tables::of_instructor;
use crate::site::Site;
use crate::store::Dir;
use crate::web::components::{Button, Field, Pager, Tab, button, empty, error_summary, field, page_head, pager, tabs};
use crate::web::{Answer, Chrome, Form, Id, Params, page, see_other};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    rating: Option<u8>,
    page: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Answered {
    #[serde(default)]
    response_text: String,
}

/// An answer that was refused: to which review, with which words, and why.
struct Refused<'a> {
    id: ReviewId,
    typed: &'a str,
    why: &'a Refusal,
}

pub(super) async fn show(
    State(site): State<Site>,
    actor: Actor,
    chrome: Chrome,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    Ok(page(&chrome, "Your reviews", body(&site, actor.user_id, &query, None)?))
}

pub(super) async fn respond(
    State(site): State<Site>,
    actor: Actor,
    chrome: Chrome,
    Id(id): Id<ReviewId>,
    Form(answer): Form<Answered>,
) -> Answer<Response> {
    let (who, text) = (actor.user_id, answer.response_text.clone());
    match site.write(move |tx| ops::respond(tx, who, id, &text)).await {
        Ok(_) => Ok(see_other(&format!("/instructor/reviews#r-{id}"))),
        Err(refusal) if refusal.status == 404 || refusal.status >= 500 => Err(refusal.into()),
        Err(refusal) => {
            let refused = Refused { id, typed: &answer.response_text, why: &refusal };
            let body = body(&site, who, &Query::default(), Some(&refused))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&chrome, "Your reviews", body)).into_response())
        }
    }
}

fn body(site: &Site, who: UserId, query: &Query, refused: Option<&Refused>) -> Outcome<Markup> {
    site.read(|r| {
        let teacher = first_name(r, who)?;
        let rating = ops::rating_of(r, site.now(), who, None)?;
        let all: Vec<Review> = of_instructor(r, who, Dir::Down)?.into_iter().filter(|v| v.status.counts()).collect();
        let counts: Vec<usize> = (1..=5).map(|n| all.iter().filter(|v| v.rating == n).count()).collect();
        let fits: Vec<Review> = all.iter().filter(|v| query.rating.is_none_or(|n| v.rating == n)).cloned().collect();
        let found = PageQuery { page: query.page, ..PageQuery::default() }.cut(fits)?;
        let items = found.items.iter().map(|review| review_item(r, review, &teacher, answer_form(review, refused)));
        let items = items.collect::<Outcome<Vec<_>>>()?;
        let error = refused.map(|refused| (format!("response-{}", refused.id), message(refused.why)));
        let listed: Vec<(&str, &str)> = error.iter().map(|(field, why)| (field.as_str(), why.as_str())).collect();
        Ok(html! {
            div.wrap.stack {
                (page_head("Your reviews", "You can answer each one once. Students and visitors read it below the review.", html! {}))
                (error_summary(&listed, "Your answer was not sent; what you wrote is still here."))
                (rating_line(&rating))
                (tabs("Stars", &by_stars(query.rating, all.len(), &counts)))
                @if items.is_empty() {
                    (empty("No reviews here yet", "They appear after lessons that took place.", None))
                } @else {
                    ul.l.reviews { @for item in &items { (item) } }
                    (turns(query, &found.numbers))
                }
            }
        })
    })
}

fn message(why: &Refusal) -> String {
    why.errors.first().map_or_else(|| why.detail.clone(), |error| error.message.clone())
}

fn by_stars(current: Option<u8>, all: usize, counts: &[usize]) -> Vec<Tab> {
    let mut list = vec![Tab::new(format!("All, {all}"), "/instructor/reviews", current.is_none())];
    list.extend((1..=5u8).rev().map(|n| {
        let label = format!("{n} of 5, {}", counts[usize::from(n) - 1]);
        Tab::new(label, format!("/instructor/reviews?rating={n}"), current == Some(n))
    }));
    list
}

fn answer_form(review: &Review, refused: Option<&Refused>) -> Markup {
    if review.response.is_some() {
        return html! {};
    }
    let refused = refused.filter(|refused| refused.id == review.id);
    let (id, why) = (format!("response-{}", review.id), refused.map(|refused| message(refused.why)));
    let words = Field {
        name: "response_text",
        id: Some(&id),
        label: "Your answer",
        value: refused.map_or("", |refused| refused.typed),
        error: why.as_deref(),
        required: true,
        maxlength: Some(TEXT_CHARS),
        rows: Some(3),
        ..Field::default()
    };
    html! {
        details open[refused.is_some()] {
            summary { "Answer" }
            form.stack.stack--s method="post" action={ "/instructor/reviews/" (review.id) "/response" } {
                (field(&words))
                p { (button(&Button::line("Publish the answer").small().busy("Sending…"))) }
            }
        }
    }
}

fn turns(query: &Query, numbers: &crate::base::paging::Numbers) -> Markup {
    let (at, total) = (numbers.page.unwrap_or(1), numbers.total.unwrap_or(0));
    let stars = query.rating.map(|n| format!("&rating={n}")).unwrap_or_default();
    let turn = |on: Option<bool>, label: &str, to: u32| {
        on.unwrap_or(false).then(|| (label.to_owned(), format!("/instructor/reviews?page={to}{stars}")))
    };
    pager(&Pager {
        summary: count(usize::try_from(total).unwrap_or(usize::MAX), "review", "reviews"),
        back: turn(numbers.has_prev, "Newer", at.saturating_sub(1)),
        next: turn(numbers.has_next, "Older", at.saturating_add(1)),
    })
}
