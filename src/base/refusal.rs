//! The one way to say no: a status, a stable code, a sentence a person can act on (contract §3).
//!
//! Pure rules return it, ops pass it on, `web` turns it into `application/problem+json` or a designed page. A cause
//! inside the program is a refusal too, [`Refusal::internal`]: logged once with its cause, shown without it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub type Outcome<T> = Result<T, Refusal>;

/// One field of the input that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    pub field: String,
    pub message: String,
    pub code: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// Machine-readable facts (`details` on the wire).
    pub details: Option<Value>,
    /// The few members the contract puts at the top level: `error`, `current_version`, `retry_after`.
    pub extra: Map<String, Value>,
    /// What really went wrong; for the log only.
    pub cause: Option<String>,
    /// The limit that refused, where it is another than the route's own; the answer's headers speak of it.
    pub limit: Option<LimitTold>,
}

/// A limit that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitTold {
    pub policy: &'static str,
    pub most: u32,
    /// Seconds since the epoch when it is free again.
    pub reset: i64,
}

impl Refusal {
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, code, detail, errors: Vec::new(), details: None, extra: Map::new(), cause: None, limit: None }
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(400, code, detail)
    }
    pub fn signed_out() -> Self {
        Self::new(401, "NOT_SIGNED_IN", "Sign in to continue.")
    }
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(403, code, detail)
    }
    /// Absent, or somebody else's: nobody learns which.
    pub fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(404, code, detail)
    }
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(409, code, detail)
    }
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(422, code, detail)
    }
    /// Input that does not have the documented shape.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(422, "VALIDATION_ERROR", "Some of what was sent is not as expected.").field(field, message, "invalid")
    }
    pub fn too_many(code: &'static str, detail: impl Into<String>, retry_after_s: u64) -> Self {
        Self::new(429, code, detail).extra("retry_after", retry_after_s.max(1).into())
    }
    pub fn unavailable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(503, code, detail)
    }
    /// A fault of ours.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut refusal = Self::new(500, "INTERNAL_ERROR", "Something went wrong on our side. Nothing was changed.");
        refusal.cause = Some(cause.to_string());
        refusal
    }

    #[must_use]
    pub fn field(mut self, field: &str, message: impl Into<String>, code: &str) -> Self {
        self.errors.push(FieldError { field: field.into(), message: message.into(), code: code.into() });
        self
    }
    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }
    /// Which limit is used up. // rule: 20§9 headers
    #[must_use]
    pub fn limited(mut self, policy: &'static str, most: usize, reset: i64) -> Self {
        self.limit = Some(LimitTold { policy, most: u32::try_from(most).unwrap_or(u32::MAX), reset });
        self
    }
    #[must_use]
    pub fn extra(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.into(), value);
        self
    }

    /// Worth another try later, without change (jobs use it).
    pub fn is_transient(&self) -> bool {
        matches!(self.status, 429 | 500..=599)
    }
}

/// Everything that is wrong with a form at once: a person corrects it in one go.
#[derive(Debug, Default)]
pub struct Mistakes(Option<Refusal>);

impl Mistakes {
    /// Notes what is wrong. The first mistake says what the answer is called; a fault of ours outweighs all of them.
    pub fn note<T>(&mut self, found: Outcome<T>) -> Option<T> {
        let refusal = match found {
            Ok(good) => return Some(good),
            Err(refusal) => refusal,
        };
        match &mut self.0 {
            Some(first) if refusal.status < 500 => first.errors.extend(refusal.errors),
            other => *other = Some(refusal),
        }
        None
    }

    /// What was found, if nothing was wrong.
    pub fn or<T>(self, good: Option<T>) -> Outcome<T> {
        match (self.0, good) {
            (None, Some(good)) => Ok(good),
            (Some(refusal), _) => Err(refusal),
            (None, None) => Err(Refusal::internal("a mistake that nobody noted")),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.cause.as_deref().unwrap_or(&self.detail))
    }
}
impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_together_under_the_name_of_the_first() {
        let mut mistakes = Mistakes::default();
        assert_eq!(mistakes.note(Ok(1)), Some(1));
        assert_eq!(mistakes.note::<()>(Err(Refusal::invalid("a", "no"))), None);
        mistakes.note::<()>(Err(Refusal::unprocessable("OTHER", "no").field("b", "neither", "OTHER")));
        let told = mistakes.or(Some(1)).unwrap_err();
        let fields: Vec<&str> = told.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!((told.code, fields), ("VALIDATION_ERROR", vec!["a", "b"]));
        assert_eq!(Mistakes::default().or(Some(1)), Ok(1));
        let mut mistakes = Mistakes::default();
        mistakes.note::<()>(Err(Refusal::invalid("a", "no")));
        mistakes.note::<()>(Err(Refusal::internal("the disk")));
        assert_eq!(mistakes.or(Some(1)).unwrap_err().status, 500);
    }
}
