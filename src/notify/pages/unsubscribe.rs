//! Ending mails of one kind with one press (RFC 8058): a link in the mail and in its header, good without signing in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::notify::model::Unsubscribe;
use crate::notify::preferences::{self, Category, Channel};
use crate::notify::tables::{UNSUBSCRIBES, UNSUBSCRIBES_BY_OWNER};
use crate::site::Site;
use crate::store::{Dir, ReadExt, Span, Tx};
use crate::web::components::{Button, Tone, button, link_button, notice};
use crate::web::{Access, Answer, Chrome, Head, Pages, page};

pub(super) fn pages(pages: Pages) -> Pages {
    pages.get(Access::Public, "/unsubscribe/{token}", show).post(Access::Public, "/unsubscribe/{token}", end)
}

/// The path that ends mails of this kind for this person; always the same one.
pub fn path(tx: &mut Tx, user_id: UserId, template: &str) -> Outcome<Option<String>> {
    let Some(category) = Category::of_template(template) else { return Ok(None) };
    let owner = (user_id, category.name().to_owned());
    let known = tx.index_keys(&UNSUBSCRIBES_BY_OWNER, Span::prefix(&owner), 1, Dir::Up)?.pop();
    let token = match known {
        Some((_, token)) => token,
        None => {
            let token = secret::token_text(&tx.random_bytes::<24>());
            tx.put(&UNSUBSCRIBES, &token, &Unsubscribe { user_id, category })?;
            token
        }
    };
    Ok(Some(format!("/unsubscribe/{token}")))
}

/// Nothing of it is left when an account is erased.
pub fn forget(tx: &mut Tx, user_id: UserId) -> Outcome<()> {
    for (_, token) in tx.index_keys(&UNSUBSCRIBES_BY_OWNER, Span::prefix(&(user_id,)), 100, Dir::Up)? {
        tx.delete(&UNSUBSCRIBES, &token)?;
    }
    Ok(())
}

fn meant(site: &Site, token: &str) -> Outcome<Unsubscribe> {
    let found = site.read(|r| r.get(&UNSUBSCRIBES, &token.to_owned()))?;
    found.ok_or_else(|| Refusal::not_found("NOT_FOUND", "There is nothing at this address."))
}

async fn show(State(site): State<Site>, chrome: Chrome, Path(token): Path<String>) -> Answer<Response> {
    let (label, note) = meant(&site, &token)?.category.words();
    let body = html! {
        h1 { "No more mails about this?" }
        p { b { (label) } ": " (note) }
        form.stack method="post" action={ "/unsubscribe/" (token) } {
            (button(&Button::primary("Send me no more of these").wide().busy("One moment…")))
        }
        p.small.muted { "What concerns your account and your money is always told." }
    };
    Ok(sheet(&chrome, "Fewer mails", body))
}

/// Mail programs post here by themselves; the answer is for people.
async fn end(State(site): State<Site>, chrome: Chrome, Path(token): Path<String>) -> Answer<Response> {
    let Unsubscribe { user_id, category } = meant(&site, &token)?;
    site.write(move |tx| preferences::change(tx, user_id, &[(category, Channel::Email, false)], None)).await?;
    let body = html! {
        h1 { "You get no more of these" }
        (notice(Tone::Ok, html! { "Mails about " b { (category.words().0) } " are off." }))
        p { (link_button("/account/notifications", &Button::line("Choose what you hear about"))) }
    };
    Ok(sheet(&chrome, "Fewer mails", body))
}

fn sheet(chrome: &Chrome, title: &str, body: Markup) -> Response {
    let head = Head { robots: Some("noindex".into()), ..Head::from(title) };
    page(chrome, head, html! { div.wrap { div.narrow.stack { (body) } } }).into_response()
}
