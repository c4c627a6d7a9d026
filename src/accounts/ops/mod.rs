//! The use cases of this room: each loads its facts, lets the rules decide, and applies the change in one write.

pub mod admin;
pub mod api_keys;
pub mod archive;
pub mod beta;
pub mod blocks;
pub mod change_email;
pub mod cleanup;
pub mod devices;
pub mod email_code;
pub(super) mod knock;
pub mod lifecycle;
pub mod passkeys;
pub mod password;
pub mod privacy;
pub mod profile;
pub mod recovery;
pub mod register;
pub mod retention;
pub mod roles;
pub mod second_step;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod step_up;
pub mod two_factor;

use std::time::{Duration, Instant};

use crate::base::id::MailId;
use crate::base::refusal::Outcome;
use crate::store::{ReadExt, Tx};

use super::model::Letter;
use super::tables::LETTERS;

/// Where a request comes from, as the server saw it.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    pub ip: String,
    pub user_agent: String,
    /// What the browser carries from an earlier sign-in.
    pub device_note: Option<String>,
    /// The hash of the session its cookie names: it ends when somebody signs in over it.
    pub replaces: Option<String>,
}

/// What is known and what is not costs a little more or less to write down, and nobody shall read that off a watch.
const BEAT: Duration = Duration::from_millis(100);

/// Does it, and answers on the next beat.
async fn on_the_beat<T>(work: impl Future<Output = T>) -> T {
    let asked = Instant::now();
    let done = work.await;
    next_beat(asked).await;
    done
}

/// Who came in need not wait; who is turned away hears it on the next beat.
async fn turned_away_on_the_beat<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    let asked = Instant::now();
    let done = work.await;
    if done.is_err() {
        next_beat(asked).await;
    }
    done
}

async fn next_beat(asked: Instant) {
    let beats = asked.elapsed().as_millis() / BEAT.as_millis() + 1;
    tokio::time::sleep_until((asked + BEAT * u32::try_from(beats).unwrap_or(1)).into()).await;
}

/// Leaves a code or token for the mail room; the journal only learns the letter's id.
pub(super) fn leave_letter(tx: &mut Tx, email: &str, secret: &str) -> Outcome<MailId> {
    let id = tx.new_id::<MailId>();
    tx.put(&LETTERS, &id, &Letter { email: email.to_owned(), secret: secret.to_owned() })?;
    Ok(id)
}

/// Hands a letter over, once.
pub fn take_letter(tx: &mut Tx, id: MailId) -> Outcome<Option<Letter>> {
    let letter = tx.get(&LETTERS, &id)?;
    if letter.is_some() {
        tx.delete(&LETTERS, &id)?;
    }
    Ok(letter)
}
