//! An instructor's own pages: the way in (onboarding), and the profile kept afterwards by the same forms.
//!
//! All work without scripts. Every step of the way in can be left out and come back to; what is still missing is said by
//! [`missing`](super::rules::live::missing), the predicate that going live asks. Whoever is through is led to the
//! dashboard. There is no step for a photo: pictures are not part of this version.

mod about;
mod areas;
mod form;
mod frame;
mod own;
mod payment;
mod settings;
mod skill;
mod skills;
mod status;
mod stop;
mod verification;
mod words;

use crate::base::access::{Permission, Role};
use crate::web::{Access, Opening, Pages};

pub use own::{STEPS, WAY_IN};

pub fn pages(pages: Pages) -> Pages {
    let teach = Access::As(Role::Instructor, Permission::ManageInstructorProfile);
    let change = teach.opens(Opening::Teaching);
    let pages = pages
        .get(teach, own::HOME, status::home)
        .get(teach, status::WELCOME, status::welcome)
        .get(teach, own::WAY_IN, status::show)
        .post(change, own::WAY_IN, status::go_live)
        .get(teach, verification::PATH, verification::show)
        .post(teach, "/instructor/onboarding/verification/identity", verification::to_stripe)
        .post(teach, "/instructor/onboarding/verification/refresh", verification::refresh)
        .get(teach, payment::PATH, payment::show)
        // An old address of the same step.
        .get(teach, "/instructor/onboarding/connect", payment::moved)
        .get(teach, settings::PATH, settings::show)
        .post(change, settings::PATH, settings::save)
        .get(teach, stop::PATH, stop::ask)
        .post(teach, stop::PATH, stop::stop);
    [own::Way::In, own::Way::Kept].into_iter().fold(pages, |pages, way| {
        let (one, remove) = (format!("{}/{{service}}", way.skills()), format!("{}/{{service}}/remove", way.skills()));
        pages
            .get(teach, way.about(), about::show)
            .post(change, way.about(), about::save)
            .get(teach, way.skills(), skills::show)
            .get(teach, &one, skill::show)
            .post(change, &one, skill::save)
            .post(change, &remove, skills::remove)
    })
}
