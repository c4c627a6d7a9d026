//! The kit: the real program on a free port with a directory of its own, people who use it, a clock to move;
//! [`Serving`] is the executable as a process of its own, to be killed.
//!
//! [`Issuer`] signs certificates.
//!
//! [`Stage`] sets a scene at once, written straight into the store; [`Member`]s walk in through the front door.

mod app;
mod authenticator;
mod issuer;
mod people;
mod serving;
mod stage;

pub use app::{Answered, TestApp, answered, http};
pub use authenticator::Authenticator;
pub use issuer::Issuer;
pub use people::{Member, PASSWORD, Teacher, totp};
pub use serving::Serving;
pub use stage::{Person, Stage};
