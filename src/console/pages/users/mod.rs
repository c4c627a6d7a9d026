//! `/admin/users`: everybody, one person, and signing them out.

mod file;
mod list;
mod sign_out;

pub use file::file;
pub use list::{fits, list, role_words};
pub use sign_out::{ask_sign_out, sign_out};
