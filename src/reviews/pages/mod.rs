//! Pages of reviews: writing one, an instructor's to read, and the instructor's own with their answers.

mod instructor;
pub mod parts;
mod public;
mod student;

use crate::base::access::Role;
use crate::web::{Access, Pages};

pub fn routes(pages: Pages) -> Pages {
    let (student, instructor) = (Access::Role(Role::Student), Access::Role(Role::Instructor));
    pages
        .get(student, "/student/review/{booking}", student::show)
        .post(student, "/student/review/{booking}", student::write)
        .get(Access::Public, "/instructors/{id}/reviews", public::show)
        .get(instructor, "/instructor/reviews", instructor::show)
        .post(instructor, "/instructor/reviews/{id}/response", instructor::respond)
}
