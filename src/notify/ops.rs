//! Writing mails down and getting them out. // rule: 30§4.1

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::accounts::{self, model::User};
use crate::base::access::Role;
use crate::base::id::{MailId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{SignedDuration, Timestamp, plus_minutes, plus_seconds};
use crate::jobs::{self, Job};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt, Span, Tx};
use crate::web::BRAND;

use super::health::MailHealth;
use super::letter::{Letter, Sender};
use super::model::{Mail, MailStatus, MailView, Posting};
use super::pages::unsubscribe;
use super::tables::{BY_KEY, MAILS, mails_of, newest};
use super::transport::Transport;
use super::{centre, pace, reminders, words};

pub const JOB: &str = "outbox";
/// Pauses after the first four failures; the fifth is final.
const PAUSES: [i64; 4] = [30, 120, 600, 1800];
/// How long a try may take before another may begin.
const LEASE_SECONDS: i64 = 60;
/// How long mails wait when there is nothing to send them with.
const NO_TRANSPORT_MINUTES: i64 = 60;
const ERROR_CHARS: usize = 1000;

/// Mails of a sandbox that are to fail: address (or `*`) and how often.
#[derive(Default)]
pub struct MailFaults(Mutex<HashMap<String, u32>>);

impl MailFaults {
    pub fn set(&self, to: &str, times: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(to.to_lowercase(), times);
    }

    /// Uses up one ordered failure for `to`, if there is one.
    pub(super) fn strikes(&self, to: &str) -> bool {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        [to, "*"].into_iter().any(|key| use_up(&mut orders, key))
    }
}

fn use_up(orders: &mut HashMap<String, u32>, key: &str) -> bool {
    match orders.get_mut(key).filter(|left| **left > 0) {
        Some(left) => {
            *left -= 1;
            true
        }
        None => false,
    }
}

pub fn sender(site: &Site) -> Sender {
    Sender { brand: BRAND.to_owned(), base_url: site.base_url.clone() }
}

/// Puts a mail into the outbox, unless one with its key is there, and its first try into the queue.
pub(super) fn post(tx: &mut Tx, sender: &Sender, posting: Posting) -> Outcome<()> {
    if !tx.index_keys(&BY_KEY, Span::prefix(&(posting.key.clone(),)), 1, Dir::Up)?.is_empty() {
        return Ok(());
    }
    let Posting { key, to, user_id, booking_id, mut letter } = posting;
    if let Some(reader) = user_id {
        let now = tx.now();
        centre::tell(tx, sender, reader, &key, &letter, now)?;
    }
    let Some(send_at) = pace::wanted_at(tx, user_id, letter.template)? else { return Ok(()) };
    words::apply(tx, &mut letter)?;
    let unsubscribe = match user_id {
        Some(reader) => unsubscribe::path(tx, reader, letter.template)?.map(|path| sender.url(&path)),
        None => None,
    };
    let mail = Mail {
        id: tx.new_id::<MailId>(),
        key,
        to,
        user_id,
        booking_id,
        template: letter.template.to_owned(),
        text: letter.text(sender, unsubscribe.as_deref()),
        html: letter.html(sender, unsubscribe.as_deref()),
        links: letter.links(),
        subject: letter.subject,
        data: letter.data,
        created_at: tx.now(),
        status: MailStatus::Pending,
        attempts: 0,
        next_attempt_at: send_at,
        sent_at: None,
        last_error: None,
        lease_until: None,
        unsubscribe,
    };
    tx.put(&MAILS, &mail.id, &mail)?;
    jobs::enqueue(tx, Job::new(JOB, mail.id).due(send_at))
}

/// One try of one mail: claim, hand over, record.
pub async fn dispatch(site: &Site, id: MailId) -> Outcome<()> {
    let Some(mail) = site.write(move |tx| claim(tx, id)).await? else { return Ok(()) };
    let handed_over = hand_over(site, &mail).await;
    site.write(move |tx| record(tx, id, &handed_over)).await
}

/// Takes the mail for one try; `None` when there is nothing to send (any more), or a try is under way.
fn claim(tx: &mut Tx, id: MailId) -> Outcome<Option<Mail>> {
    let Some(mut mail) = tx.get(&MAILS, &id)? else { return Ok(None) };
    let now = tx.now();
    match (mail.status, mail.lease_until) {
        (MailStatus::Sending, Some(until)) if until > now => {
            jobs::enqueue(tx, Job::new(JOB, id).due(until))?;
            return Ok(None);
        }
        (MailStatus::Pending | MailStatus::Sending, _) => {}
        _ => return Ok(None),
    }
    let holds = reminders::still_true(tx, &mail)?;
    mail.status = if holds { MailStatus::Sending } else { MailStatus::Skipped };
    mail.lease_until = holds.then(|| plus_seconds(now, LEASE_SECONDS));
    tx.put(&MAILS, &id, &mail)?;
    Ok(holds.then_some(mail))
}

#[derive(Clone, Debug)]
enum HandedOver {
    Sent,
    Failed(String),
    /// Live, and nobody said how mail leaves this machine.
    NoTransport,
}

async fn hand_over(site: &Site, mail: &Mail) -> HandedOver {
    if site.is_sandbox() {
        let fails = site.part::<MailFaults>().is_ok_and(|faults| faults.strikes(&mail.to));
        return if fails { HandedOver::Failed("ordered to fail".into()) } else { HandedOver::Sent };
    }
    let Ok(transport) = site.part::<Transport>() else {
        tracing::warn!(mail.id = %mail.id, mail.template, "no mail transport is set up: this mail waits in the outbox");
        return HandedOver::NoTransport;
    };
    let sent = transport.send(site, mail).await;
    let went_well = match &sent {
        Ok(()) => Some(true),
        Err(error) if error.is_permanent() => None,
        Err(_) => Some(false),
    };
    if let (Some(well), Ok(health)) = (went_well, site.part::<MailHealth>()) {
        health.went(well, site.now());
    }
    match sent {
        Ok(()) => HandedOver::Sent,
        Err(error) => {
            tracing::warn!(mail.id = %mail.id, mail.template, %error, "a mail could not be handed over");
            HandedOver::Failed(error.to_string())
        }
    }
}

/// Gives a mail that was given up five new tries.
pub async fn retry(site: &Site, by: By, id: MailId) -> Outcome<()> {
    site.write(move |tx| {
        let missing = || Refusal::not_found("MAIL_NOT_FOUND", "There is no such mail.");
        let mut mail = tx.get(&MAILS, &id)?.ok_or_else(missing)?;
        if mail.status != MailStatus::Failed {
            return Err(Refusal::conflict("MAIL_NOT_FAILED", "Only a mail that was given up can be tried anew."));
        }
        mail.attempts = 0;
        let now = tx.now();
        again(tx, &mut mail, now)?;
        tx.put(&MAILS, &id, &mail)?;
        audit::record(tx, &by, Deed::on("mail.retry", "mail", id))
    })
    .await
}

fn record(tx: &mut Tx, id: MailId, outcome: &HandedOver) -> Outcome<()> {
    let Some(mut mail) = tx.get(&MAILS, &id)? else { return Ok(()) };
    let now = tx.now();
    mail.lease_until = None;
    match outcome {
        HandedOver::Sent => {
            mail.status = MailStatus::Sent;
            mail.attempts += 1;
            mail.sent_at = Some(now);
            mail.last_error = None;
        }
        HandedOver::NoTransport => again(tx, &mut mail, plus_minutes(now, NO_TRANSPORT_MINUTES))?,
        HandedOver::Failed(error) => {
            mail.last_error = Some(error.chars().take(ERROR_CHARS).collect());
            mail.attempts += 1;
            match PAUSES.get(mail.attempts as usize - 1) {
                Some(pause) => again(tx, &mut mail, plus_seconds(now, *pause))?,
                None => mail.status = MailStatus::Failed,
            }
        }
    }
    tx.put(&MAILS, &id, &mail)
}

fn again(tx: &mut Tx, mail: &mut Mail, at: Timestamp) -> Outcome<()> {
    mail.status = MailStatus::Pending;
    mail.next_attempt_at = at;
    jobs::enqueue(tx, Job::new(JOB, mail.id).due(at))
}

/// More administrators than a marketplace has; whoever comes behind them is not told.
const ADMINS: usize = 10_000;

/// The same to every administrator, each by a key of their own.
pub(super) fn to_admins(
    tx: &mut Tx,
    sender: &Sender,
    key: impl Fn(&User) -> String,
    write: impl Fn(&User) -> Letter,
) -> Outcome<()> {
    for admin in accounts::users_with_role(tx, Role::Admin, ADMINS)? {
        let (key, letter) = (key(&admin), write(&admin));
        post(tx, sender, Posting { key, to: admin.email, user_id: Some(admin.id), booking_id: None, letter })?;
    }
    Ok(())
}

/// Mails, newest first.
pub fn outbox(site: &Site, to: Option<&str>, template: Option<&str>, limit: usize) -> Outcome<Vec<MailView>> {
    const SCANNED: usize = 20_000;
    let to = to.map(crate::base::text::normal_email);
    let scanned = if template.is_some() { SCANNED } else { limit };
    let mails = site.read(|r| newest(r, to.as_deref(), scanned))?;
    let wanted = mails.into_iter().filter(|mail| template.is_none_or(|t| mail.template == t));
    Ok(wanted.take(limit).map(MailView::from).collect())
}

/// All that one person was sent: letters of theirs to whatever address, and letters to their present address that
/// were written before it had an account. Newest first.
pub fn letters_of(read: &dyn Read, user: UserId, address: &str, limit: usize) -> Outcome<Vec<Mail>> {
    let mut letters = mails_of(read, user, limit)?;
    letters.extend(newest(read, Some(address), limit)?.into_iter().filter(|mail| mail.user_id != Some(user)));
    letters.sort_by_key(|mail| std::cmp::Reverse(mail.id));
    letters.truncate(limit);
    Ok(letters)
}

/// Takes all of them away, those on their way too.
pub fn erase_letters_of(tx: &mut Tx, user: UserId, address: &str) -> Outcome<()> {
    for mail in letters_of(tx, user, address, crate::base::limits::SCAN_ROWS)? {
        tx.delete(&MAILS, &mail.id)?;
    }
    Ok(())
}

/// The live code that was mailed to an address (sandbox: shown on the sign-up page).
pub fn newest_code(site: &Site, email: &str) -> Outcome<Option<String>> {
    const LIFE: SignedDuration = SignedDuration::from_mins(5);
    let now = site.now();
    let mails = site.read(|r| newest(r, Some(email), 20))?;
    let live = mails.into_iter().find(|m| m.template == "email_code" && now.duration_since(m.created_at) < LIFE);
    Ok(live.and_then(|mail| mail.data.get("code").and_then(|code| code.as_str().map(str::to_owned))))
}
