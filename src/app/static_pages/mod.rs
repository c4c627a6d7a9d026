//! Pages that are read: how it works, trust and safety, help, about, contact, terms, privacy, referral terms; how the program is;
//! what search engines are told; and where pages of old are now.
//!
//! Their words are ours, their numbers are not written here: fees, floors and limits come from the settings and rules
//! that are in force when the page is asked for, so a changed setting changes the sentence. No page promises what the
//! program does not do.

mod about;
mod crawlers;
mod facts;
mod help;
mod join;
mod learn;
mod legal;
mod moved;
mod status;
#[cfg(test)]
mod tests;
mod well_known;

use axum::extract::{Path, State};
use axum::response::Redirect;
use maud::{Markup, html};

use self::facts::Facts;
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::web::components::{page_head, section};
use crate::web::{Access, Answer, Chrome, Head, Pages, page};

/// One sheet of words: its head and its chapters.
struct Sheet {
    title: &'static str,
    /// For search engines and previews.
    description: &'static str,
    lead: String,
    chapters: Vec<Chapter>,
}

struct Chapter {
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    body: Markup,
}

fn chapter(id: &'static str, title: &'static str, lead: &'static str, body: Markup) -> Chapter {
    Chapter { id, title, lead, body }
}

type Writer = fn(&Facts) -> Sheet;

const SHEETS: [(&str, Writer); 9] = [
    ("/how-it-works", learn::how_it_works),
    ("/trust-safety", learn::trust),
    ("/help", help::help),
    ("/about", about::about),
    ("/contact", about::contact),
    ("/terms", legal::terms),
    ("/privacy", legal::privacy),
    ("/legal", legal::legal),
    ("/referrals-terms", legal::referrals),
];

/// Adds all of them.
pub fn add_to(pages: Pages) -> Pages {
    let with_sheets = SHEETS.into_iter().fold(pages, |pages, (path, write)| {
        pages.get(Access::Public, path, move |chrome: Chrome, State(site): State<Site>| async move {
            show(&chrome, &site, path, write)
        })
    });
    moved::add_to(with_sheets)
        .get(Access::Public, "/status", status::show)
        .get(Access::Public, "/instructor/join", join::show)
        .get(Access::Public, "/help/{topic}", topic)
        .get(Access::Public, "/robots.txt", crawlers::robots)
        .get(Access::Public, "/sitemap.xml", crawlers::sitemap)
        .get(Access::Public, "/.well-known/change-password", well_known::change_password)
        .get(Access::Public, "/.well-known/security.txt", well_known::security)
}

fn show(chrome: &Chrome, site: &Site, path: &str, write: Writer) -> Answer<Markup> {
    let facts = Facts::read(site, chrome)?;
    let sheet = write(&facts);
    let head = Head {
        title: sheet.title.to_owned(),
        description: sheet.description.to_owned(),
        canonical: Some(site.url(path)),
        ..Head::default()
    };
    Ok(page(chrome, head, body(sheet)))
}

/// Long sheets say at the top what is in them.
fn body(sheet: Sheet) -> Markup {
    let contents = (sheet.chapters.len() > 4).then(|| {
        html! {
            nav.row.toc aria-label="On this page" {
                @for chapter in &sheet.chapters { a href={ "#" (chapter.id) } { (chapter.title) } }
            }
        }
    });
    html! {
        div.wrap.stack.stack--l {
            (page_head(sheet.title, sheet.lead, html! {}))
            @if let Some(contents) = contents { (contents) }
            div {
                @for chapter in sheet.chapters {
                    (section(chapter.id, chapter.title, chapter.lead, html! { div.prose { (chapter.body) } }))
                }
            }
        }
    }
}

/// `/help/cancelling` is the chapter of that name.
async fn topic(Path(topic): Path<String>) -> Answer<Redirect> {
    let known = help::TOPICS.into_iter().find(|name| *name == topic);
    let found = known.map(|name| Redirect::to(&format!("/help#{name}")));
    Ok(found.ok_or_else(|| Refusal::not_found("HELP_TOPIC_NOT_FOUND", "There is no help on that."))?)
}
