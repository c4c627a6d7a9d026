//! How mail leaves this machine: one SMTP server, reached over TLS. One try is one call for one recipient.

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::message::header::{self, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::model::Mail;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::site::settings::SUPPORT_EMAIL;

/// A server that does not answer for so long has failed this try.
const TIMEOUT: Duration = Duration::from_secs(20);

pub struct Transport {
    smtp: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail did not get out.
#[derive(Debug)]
pub(super) enum NotSent {
    /// It cannot be put into a message.
    Unwritable(String),
    Refused(lettre::transport::smtp::Error),
}

impl NotSent {
    /// Says something about this mail only, not about the way.
    pub(super) fn is_permanent(&self) -> bool {
        match self {
            Self::Unwritable(_) => true,
            Self::Refused(error) => error.is_permanent(),
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unwritable(why) => f.write_str(why),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl Transport {
    /// `url` as in `smtps://user:password@mail.example.org` or `smtp://host:587?tls=required`.
    pub fn new(url: &str, from: &str) -> Outcome<Self> {
        let wrong = |what: &str, why: String| Refusal::unprocessable("MAIL_SETTINGS", format!("{what}: {why}"));
        let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| wrong("smtp_url", e.to_string()))?;
        let from = from.parse().map_err(|e: lettre::address::AddressError| wrong("mail_from", e.to_string()))?;
        Ok(Self { smtp: smtp.timeout(Some(TIMEOUT)).build(), from })
    }

    pub(super) async fn send(&self, site: &Site, mail: &Mail) -> Result<(), NotSent> {
        let support = site.read(|r| SUPPORT_EMAIL.read(r)).unwrap_or_default();
        let message =
            self.message(mail, &support, site.now().into()).map_err(|e| NotSent::Unwritable(e.to_string()))?;
        self.smtp.send(message).await.map(drop).map_err(NotSent::Refused)
    }

    /// The mail as it travels: both prints, and for mails that may be ended how to end them.
    fn message(&self, mail: &Mail, support: &str, at: SystemTime) -> Result<Message, Box<dyn std::error::Error>> {
        let from = Mailbox::new(Some(sender_name(&self.from, &mail.template)), self.from.email.clone());
        let host = self.from.email.domain();
        let mut builder = Message::builder()
            .from(from)
            .to(mail.to.parse()?)
            .subject(&mail.subject)
            .date(at)
            // The same on every try, so that a mail that was sent twice is seen as one.
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        if !support.is_empty() {
            builder = builder.reply_to(support.parse()?);
        }
        if let Some(url) = &mail.unsubscribe {
            builder = builder
                .raw_header(raw("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let both = MultiPart::alternative()
            .singlepart(part(header::ContentType::TEXT_PLAIN, &mail.text))
            .singlepart(part(header::ContentType::TEXT_HTML, &mail.html));
        Ok(builder.multipart(both)?)
    }
}

fn part(kind: header::ContentType, text: &str) -> lettre::message::SinglePart {
    lettre::message::SinglePart::builder().header(kind).body(text.to_owned())
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Which desk writes: account, bookings, payments. // rule: 30§4.1 senders
fn sender_name(from: &Mailbox, template: &str) -> String {
    let brand = from.name.clone().unwrap_or_else(|| crate::web::BRAND.to_owned());
    let desk = match template {
        "booking_confirmed"
        | "booking_cancelled"
        | "booking_rescheduled"
        | "reminder_24h"
        | "reminder_1h"
        | "lesson_completed"
        | "review_received"
        | "review_reply" => "bookings",
        "authorization_failed" | "authorization_warning" | "payment_cancelled" | "capture_failed" | "payout_sent" => {
            "payments"
        }
        _ => return brand,
    };
    format!("{brand} {desk}")
}
