//! Pure decisions about profiles, offerings and going live.

pub mod check;
pub mod live;
pub mod offering;
pub mod profile;
