//! Finding: an understood query against the whole supply.
//!
//! Every live offering of the wanted services is judged before anything is scored, so nothing that
//! matches is ever left out. What fails one wish is kept aside with what it fails, and fills labelled
//! groups when there is too little that fits.
//!
//! Deliberately not here: what words mean, and what becomes of an answer. A kept answer may be a minute old in its order,
//! never in who is free: whoever changes throws it away.

mod cards;
mod criteria;
mod facets;
mod judge;
mod kept;
mod rank;
mod reach;
mod relax;
mod why;

pub use cards::{Card, Found, Funnel, View, find};
pub use criteria::{Criteria, Overrides, spot};
pub use facets::{Facets, LENGTHS, RATINGS};
pub use judge::Judged;
pub use kept::Kept;
pub use rank::Signals;
pub use relax::Group;
pub use why::{SHOWN_REVIEWS, away, day};

#[cfg(test)]
pub mod testing {
    //! The parts that tests look at one by one.
    pub use super::judge::Fails;
    pub use super::relax::{allowed, group_of, let_go, shown};
}
