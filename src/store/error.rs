//! What can go wrong below the rules, said so that an operator knows the path and the remedy.

use std::fmt;

use crate::base::refusal::Refusal;

#[derive(Debug, Clone)]
pub enum StoreError {
    /// Another process has the directory open.
    InUse { path: String },
    /// Written by a newer version of the program.
    TooNew { path: String, found: u32, known: u32 },
    /// The file system or the engine refused.
    Io { path: String, cause: String },
    /// The file is not what the engine once wrote.
    Damaged { path: String, cause: String },
    /// What was asked for would do harm, or cannot be done with what was given.
    Refused { place: String, why: String },
    /// A value or key that does not decode.
    Corrupt { place: String, cause: String },
}

impl StoreError {
    pub fn corrupt(place: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self::Corrupt { place: place.into(), cause: cause.to_string() }
    }
    /// `why` goes on where the path ends.
    pub fn refused(place: &std::path::Path, why: impl Into<String>) -> Self {
        Self::Refused { place: place.display().to_string(), why: why.into() }
    }
    pub fn io(path: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self::Io { path: path.into(), cause: cause.to_string() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { path } => write!(
                f,
                "{path} is open in another process. Stop the other instainstru, or give this one its own --data-dir."
            ),
            Self::TooNew { path, found, known } => write!(
                f,
                "{path} was written by a newer version (format {found}; this program knows up to {known}). \
                 Start it with that version; nothing was changed."
            ),
            Self::Io { path, cause } => write!(
                f,
                "{path} cannot be used: {cause}. Check that the disk has room and the directory may be written."
            ),
            Self::Damaged { path, cause } => write!(
                f,
                "{path} is damaged ({cause}). Nothing was changed. Restore a backup with \
                 `instainstru restore <backup> --force`; the damaged file is kept aside."
            ),
            Self::Refused { place, why } => write!(f, "{place} {why}"),
            Self::Corrupt { place, cause } => write!(f, "{place} holds something unreadable: {cause}"),
        }
    }
}
impl std::error::Error for StoreError {}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Refusal::internal(error)
    }
}
