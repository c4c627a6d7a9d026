//! A mail on its way.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::letter::Letter;
use super::preferences::Category;
use crate::base::id::{BookingId, MailId, NotificationId, UserId};
use crate::base::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailStatus {
    Pending,
    Sending,
    Sent,
    /// Given up after the fifth try.
    Failed,
    /// Became untrue before it was sent.
    Skipped,
}

impl MailStatus {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Sending, Self::Sent, Self::Failed, Self::Skipped];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    pub id: MailId,
    /// What makes it the only one of its kind.
    pub key: String,
    pub to: String,
    pub user_id: Option<UserId>,
    /// The lesson it is about; asked again before it is sent.
    pub booking_id: Option<BookingId>,
    pub template: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub links: Vec<String>,
    pub data: Map<String, Value>,
    pub created_at: Timestamp,
    pub status: MailStatus,
    pub attempts: u32,
    pub next_attempt_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub last_error: Option<String>,
    /// Until when a try under way is left alone; a crash in the middle of it lets it be taken up again then.
    #[serde(default)]
    pub lease_until: Option<Timestamp>,
    /// Where the reader says that they want no more of this kind.
    #[serde(default)]
    pub unsubscribe: Option<String>,
}

/// One line of a person's notification centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    pub id: NotificationId,
    pub user_id: UserId,
    /// As of the mail that tells the same; what is told once is not told again.
    pub key: String,
    /// A category of the preferences, `security` or `payments`.
    pub category: String,
    /// The template of the mail that tells the same.
    pub kind: String,
    pub title: String,
    pub body: String,
    /// A path of ours.
    pub url: String,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

/// Whose mails of which kind a link ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribe {
    pub user_id: UserId,
    pub category: Category,
}

/// A letter with its envelope.
#[derive(Clone, Debug)]
pub struct Posting {
    pub key: String,
    pub to: String,
    pub user_id: Option<UserId>,
    pub booking_id: Option<BookingId>,
    pub letter: Letter,
}

/// A mail as `GET /sandbox/v1/outbox` shows it (contract §2).
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MailView {
    pub id: MailId,
    pub to: String,
    pub template: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub links: Vec<String>,
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    pub created_at: Timestamp,
    pub status: MailStatus,
    pub attempts: u32,
}

impl From<Mail> for MailView {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            to: mail.to,
            template: mail.template,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            links: mail.links,
            data: mail.data,
            created_at: mail.created_at,
            status: mail.status,
            attempts: mail.attempts,
        }
    }
}
