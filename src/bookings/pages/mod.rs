//! The pages of a lesson: the instructor's profile, choosing a time, paying, the diary of either side.

pub mod book;
pub mod checkout;
pub mod lessons;
mod offer;
pub mod profile;
pub mod teaching;
mod words;

use crate::base::access::Role;
use crate::web::{Access, Pages};

/// Registers every page of this room.
pub fn routes(pages: Pages) -> Pages {
    let student = Access::Role(Role::Student);
    pages
        .get(Access::Public, "/instructors/{id}", profile::profile_page)
        .get(Access::Public, "/book/{instructor}/{offering}", book::book_page)
        .post(student, "/book/{instructor}/{offering}", book::hold)
}
