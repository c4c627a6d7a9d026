//! The door: from an address and a password to a session, in the one order of rule 20§2.

use crate::accounts::events::GuestAdopted;
use crate::accounts::hasher;
use crate::accounts::model::User;
use crate::accounts::parts::Accounts;
use crate::accounts::rules::challenge;
use crate::accounts::rules::sign_in::{self as rules, Attempt};
use crate::accounts::tables::{LOGIN_RECORDS, SESSIONS, SPENT_CHALLENGES, USERS, must_user, user_by_email};
use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret;
use crate::base::text::normal_email;
use crate::site::audit::{self, By, Deed};
use crate::site::{Site, figures};
use crate::store::{Read, ReadExt, Tx};
use crate::web::WindowRule;

use super::knock::Knock;
use super::session::{self, Opened};
use super::{Visitor, devices, second_step, settings};

crate::base::secret::silent!(Credentials);

/// What shows that somebody spent effort between two tries.
#[derive(Clone, Debug)]
pub enum Effort {
    /// `challenge:nonce`.
    Work(String),
    /// The signed note of the script-free page.
    Pause(String),
}

#[derive(Clone)]
pub struct Credentials {
    pub email: String,
    pub password: String,
    pub effort: Option<Effort>,
    /// The token of a browser that may skip the second step.
    pub trusted_device: Option<String>,
    /// A browser that keeps cookies, or a program that gets its token told.
    pub browser: bool,
    pub visitor: Visitor,
}

#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: User,
    pub opened: Opened,
}

/// What a right password opens.
#[derive(Clone, Debug)]
pub enum Entered {
    Session(Box<SignedIn>),
    /// The second factor is still missing; come back with this.
    SecondStep {
        temp_token: String,
    },
}

pub async fn sign_in(site: &Site, given: Credentials) -> Outcome<Entered> {
    let entered = super::turned_away_on_the_beat(try_in(site, given)).await;
    figures::count(site, |figures| {
        let tried = |result| figures.logins.with_label_values(&[result]).inc();
        match &entered {
            Ok(Entered::Session(_)) => tried("session"),
            Ok(Entered::SecondStep { .. }) => tried("second_step"),
            Err(refusal) => match refusal.code {
                "AUTH_INVALID_CREDENTIALS" => tried("wrong"),
                "AUTH_ACCOUNT_DEACTIVATED" => tried("closed"),
                "AUTH_ACCOUNT_LOCKED" => figures.lockouts.inc(),
                "AUTH_CHALLENGE_REQUIRED" => figures.challenges.inc(),
                _ if refusal.status == 429 => figures.logins_limited.inc(),
                _ => {}
            },
        }
    });
    entered
}

async fn try_in(site: &Site, given: Credentials) -> Outcome<Entered> {
    let knock = Knock::of(site, &normal_email(&given.email), &given.visitor)?;
    pass_gate(site, &knock, given.effort.as_ref()).await?;
    let parts = site.part::<Accounts>()?;
    let user = site.read(|r| user_by_email(r, &knock.email))?;
    let fits = parts
        .hasher
        .fits(&given.password, user.as_ref().map(|u| u.password_hash.as_str()).filter(|h| !h.is_empty()))
        .await?;
    let Some(user) = user.filter(|_| fits) else {
        knock.failed(site, "password").await?;
        return Err(rules::wrong_password());
    };
    let fresh_hash = match hasher::is_outdated(&user.password_hash) {
        true => Some(parts.hasher.hash(&given.password).await?),
        false => None,
    };
    let checked_hash = user.password_hash;
    let id = user.id;
    site.write(move |tx| enter(tx, id, &checked_hash, fresh_hash.as_deref(), &given, &knock)).await
}

/// Lock, challenge, window; a solved challenge is spent here, so it opens once.
async fn pass_gate(site: &Site, knock: &Knock, effort: Option<&Effort>) -> Outcome<()> {
    let door = settings::door(site)?;
    let key = site.part::<Accounts>()?.door_key;
    let now = site.now();
    let windows_block = door.windows == WindowRule::Enforce;
    let demand = site.read(|r| knock.demand(r, now))?;
    let attempt = move |challenge| Attempt { challenge_wanted: door.challenge, challenge, windows_block, demand };
    let Some(effort) = effort else {
        let record = site.read(|r| knock.record(r))?;
        return rules::gate(&record, now, attempt(None));
    };
    let (text, good_until) = match effort {
        Effort::Work(token) => (token, challenge::solved(&key, token, now)),
        Effort::Pause(note) => (note, challenge::paused(&key, note, &knock.email, now)),
    };
    let (knock, spent) = (knock.clone(), secret::sha256_hex(text));
    site.write(move |tx| {
        let record = knock.record(tx)?;
        let good = good_until.is_some() && !tx.has(&SPENT_CHALLENGES, &spent)?;
        rules::gate(&record, tx.now(), attempt(Some(good)))?;
        if let Some(until) = good_until {
            tx.put(&SPENT_CHALLENGES, &spent, &until)?;
        }
        Ok(())
    })
    .await
}

/// Everything that happens once the password was right; a lock that fell meanwhile still holds.
fn enter(
    tx: &mut Tx,
    id: UserId,
    checked: &str,
    fresh: Option<&str>,
    given: &Credentials,
    knock: &Knock,
) -> Outcome<Entered> {
    // The password may have been changed while it was compared.
    let mut user = tx.get(&USERS, &id)?.filter(|u| u.password_hash == checked).ok_or_else(rules::wrong_password)?;
    knock.unlocked(tx, tx.now())?;
    if !user.can_sign_in() {
        return Err(rules::deactivated());
    }
    if let Some(fresh) = fresh {
        user.password_hash = fresh.to_owned();
        tx.put(&USERS, &user.id, &user)?;
    }
    if user.needs_second_step() {
        let token = given.trusted_device.as_deref().filter(|token| !token.is_empty());
        let trusted = match token {
            Some(token) => devices::is_trusted(tx, id, token, &given.visitor)?,
            None => false,
        };
        if !trusted {
            // The count of failures is cleared by the second step only.
            return Ok(Entered::SecondStep { temp_token: second_step::challenge(tx, id, given.browser)? });
        }
    }
    let opened = welcome(tx, &user, &given.visitor, &["password"], knock)?;
    Ok(Entered::Session(Box::new(SignedIn { user, opened })))
}

/// Everything was right: the count of failures starts anew, a session opens.
pub(super) fn welcome(tx: &mut Tx, user: &User, visitor: &Visitor, methods: &[&str], knock: &Knock) -> Outcome<Opened> {
    tx.delete(&LOGIN_RECORDS, knock.record_key())?;
    let opened = session::open(tx, user, visitor, methods)?;
    let by = By::person(user.id, user.roles.first().copied());
    let facts = serde_json::json!({ "methods": methods, "session": opened.session.label });
    audit::record(tx, &by, Deed::on("user.login", "user", user.id).change(serde_json::Value::Null, facts))?;
    Ok(opened)
}

/// Tells who a guest turned out to be; failing to is no reason to fail the sign-in.
pub async fn adopt_guest(site: &Site, user: UserId, guest: Option<String>) {
    let Some(guest_session_id) = guest.filter(|id| !id.is_empty() && id.len() <= 64) else { return };
    let event = GuestAdopted { user_id: user, guest_session_id };
    if let Err(refusal) = site.write(move |tx| tx.emit(&event)).await {
        tracing::warn!(error = %refusal, "a guest's searches were not taken over");
    }
}

/// Compares a signed-in person's own password; failures lock the same way as at the door, in a
/// record of their own: strangers can neither fill it nor see it.
pub(super) async fn own_password(site: &Site, user: &User, password: &str, wrong: Refusal) -> Outcome<()> {
    let knock = Knock::from_inside(user.id, &user.email);
    site.read(|r| knock.unlocked(r, site.now()))?;
    if site.part::<Accounts>()?.hasher.fits(password, Some(&user.password_hash)).await? {
        return Ok(());
    }
    knock.failed(site, "own password").await?;
    Err(wrong)
}

/// Comparing and hashing take their time: for the write that follows them. Meanwhile the owner may have set a new
/// password by mail, which ended the session this wish came with.
pub(super) fn still_stands(read: &dyn Read, compared: &User, actor: &Actor) -> Outcome<()> {
    let same = must_user(read, compared.id)?.password_hash == compared.password_hash;
    if same && (actor.key.is_some() || read.has(&SESSIONS, &actor.session_id)?) {
        return Ok(());
    }
    let words = "The password was changed meanwhile; nothing else was. Sign in again.";
    Err(Refusal::conflict("PASSWORD_CHANGED_MEANWHILE", words))
}
