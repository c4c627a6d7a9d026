//! What can go wrong in a call, reduced to what a caller does about it.

use std::fmt;

use ::stripe::{ApiErrors, ApiErrorsType, StripeError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StripeFault {
    /// The bank or Stripe said no to this card; another card may do.
    Declined { code: String, decline_code: Option<String>, message: String, intent: Option<String> },
    /// The bank wants the card holder to prove themselves, and nobody is there to do it.
    RequiresAction { intent: Option<String> },
    /// No answer, or one that says "later". The outcome may be unknown: repeat with the same key.
    Transient(String),
    /// Stripe says that it failed, whatever it was asked: tried again at once it may do better, under the same key it
    /// repeats itself. Whether anything happened has to be looked up.
    Broken(String),
    /// Repeating the same call cannot help.
    Permanent { status: u16, code: Option<String>, message: String },
}

impl StripeFault {
    pub(super) fn unsendable(message: String) -> Self {
        Self::Permanent { status: 0, code: None, message }
    }

    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_) | Self::Broken(_))
    }

    /// A refusal whose code says that what was asked has already happened.
    pub fn says(&self, wanted: &str) -> bool {
        matches!(self, Self::Permanent { code: Some(code), .. } if code == wanted)
    }

    /// The word to store and show for it: the decline code where there is one.
    pub fn word(&self) -> String {
        match self {
            Self::Declined { code, decline_code, .. } => decline_code.clone().unwrap_or_else(|| code.clone()),
            Self::RequiresAction { .. } => "authentication_required".into(),
            Self::Transient(_) => "provider_unavailable".into(),
            Self::Broken(_) => "provider_failed".into(),
            Self::Permanent { code, .. } => code.clone().unwrap_or_else(|| "provider_refused".into()),
        }
    }
}

impl fmt::Display for StripeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declined { message, .. } => write!(f, "declined ({}): {message}", self.word()),
            Self::RequiresAction { .. } => f.write_str("the card holder must authenticate"),
            Self::Transient(message) => write!(f, "no usable answer: {message}"),
            Self::Broken(message) => write!(f, "failed at Stripe: {message}"),
            Self::Permanent { status, code, message } => {
                write!(f, "refused ({status} {}): {message}", code.as_deref().unwrap_or("-"))
            }
        }
    }
}

impl std::error::Error for StripeFault {}

impl From<StripeError> for StripeFault {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(api, status) => from_answer(*api, status),
            StripeError::Timeout => Self::Transient("timed out".into()),
            StripeError::ClientError(message) => Self::Transient(message),
            // An unreadable answer leaves the outcome as unknown as none at all.
            StripeError::JSONDeserialize(message) => Self::Transient(message),
            StripeError::ConfigError(message) => Self::unsendable(message),
        }
    }
}

fn from_answer(api: ApiErrors, status: u16) -> StripeFault {
    let code = api.code.as_ref().map(|c| c.as_str().to_owned());
    let message = api.message.unwrap_or_default();
    let intent = api.payment_intent.as_ref().map(|i| i.id.to_string());
    if status == 500 {
        return StripeFault::Broken(message);
    }
    if matches!(status, 409 | 424 | 429 | 501..=599) {
        return StripeFault::Transient(format!("{status} {message}"));
    }
    if api.type_ == ApiErrorsType::CardError {
        return match code.as_deref() {
            Some("authentication_required") => StripeFault::RequiresAction { intent },
            _ => StripeFault::Declined {
                code: code.unwrap_or_else(|| "card_declined".into()),
                decline_code: api.decline_code,
                message,
                intent,
            },
        };
    }
    StripeFault::Permanent { status, code, message }
}
