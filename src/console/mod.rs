//! The console: what the people who run the marketplace see and do.
//!
//! Guarantees
//! - Only admins get in; every page says so where it is registered.
//! - Looking changes nothing. What is changed goes through the same ops as everywhere else, with a reason of at least
//!   ten characters where it has consequences for somebody.
//! - Every filter, order and page is in the address; a list can be taken away as CSV that no spreadsheet runs.
//!
//! It owns no table and no rule: what it shows belongs to the rooms below, and so does what it decides.

mod shell;
mod style;

use crate::base::access::Role;
use crate::web::{Access, Pages};

const ADMINS: Access = Access::Role(Role::Admin);

pub fn pages(pages: Pages) -> Pages {
    pages.get(ADMINS, "/admin/style", style::style)
}
