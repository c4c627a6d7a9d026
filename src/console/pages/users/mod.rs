//! `/admin/users`: everybody, one person, signing them out, handing them their data, erasing them, giving them credit, pausing
//! them, opening their account again, letting them in early, vouching for them.

mod credit;
mod data;
mod file;
mod list;
mod sign_out;
mod standing;
mod trust;

pub use credit::{ask_credit, ask_lift, give_credit, lift};
pub use data::{ask_erase, ask_export, erase, export};
pub use file::file;
pub use list::{fits, list, role_words};
pub use sign_out::{ask_sign_out, sign_out};
pub use standing::{ask_let_in, ask_status, change_status, let_in};
pub use trust::{ask_vouch, vouch};
