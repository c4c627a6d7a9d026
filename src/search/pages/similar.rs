//! Instructors like the one whose profile is shown: a section that the profile is given at wiring.

use maud::{Markup, html};

use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::search::recommend;
use crate::site::Site;
use crate::web::components::{Face, who};

const SHOWN: usize = 3;

/// Nothing when nobody is alike, or the reader wants no suggestions.
pub fn on_profile(site: &Site, instructor: UserId, viewer: Option<UserId>) -> Outcome<Option<Markup>> {
    let found = recommend::similar(site, instructor, viewer, SHOWN)?;
    if found.is_empty() {
        return Ok(None);
    }
    Ok(Some(html! {
        ul.stack.plain {
            @for one in &found {
                @let row = &one.row;
                @let face = Face { photo: row.picture_url.clone(), ..Face::new(row.initials(), &row.id.to_string()) };
                li { (who(&face, html! { a href={ "/instructors/" (row.id) } { (row.name()) } }, &one.because)) }
            }
        }
    }))
}
