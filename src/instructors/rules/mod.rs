//! Pure decisions about profiles, offerings and going live.

pub mod live;
pub mod offering;
pub mod profile;
