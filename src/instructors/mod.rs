//! Instructors: their profile, what they offer and at what price, where they teach, and going live.
//!
//! Guarantees: nobody is shown who is not live, validly checked and active ([`rules::live::is_public`] is the one
//! definition); an offering is never saved below the price floor; there is one offering per instructor and catalogue
//! service, and it keeps its id for ever; every change that search could notice is told once, as `instructor.changed`.
//!
//! An instructor is named by the person's user id everywhere. Owns the tables of [`tables`], emits the events of
//! [`events`]. What higher rooms know about an instructor (ratings, favourites, lessons ahead) comes in by [`parts`].
//!
//! Deliberately not here: when somebody teaches (`availability`), and how a lesson is priced and paid (`payments`).

pub mod api;
pub mod events;
pub mod jobs;
pub mod model;
pub mod ops;
pub mod pages;
pub mod parts;
pub mod rules;
pub mod tables;
pub mod view;

pub use model::{Areas, Level, Offering, Profile, Terms};
pub use parts::Instructors;
pub use rules::live::is_public;
pub use tables::{active_offerings_of, areas, must_profile, offering, offerings_of, profile, tables};

#[cfg(test)]
mod tests;
