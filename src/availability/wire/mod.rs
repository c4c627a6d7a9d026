//! The shapes of availability on the wire (contract §7 Time, part 30 §2).

mod own;
mod public;
mod validation;
mod week;

pub use own::*;
pub use public::*;
pub use validation::*;
pub use week::*;
