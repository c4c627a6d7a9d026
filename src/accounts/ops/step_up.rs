//! Proving again who sits there, before something that cannot be taken back. // rule: 20§2 step-up

use crate::accounts::model::User;
use crate::accounts::rules::{sessions, sign_in as door};
use crate::accounts::tables::{SESSIONS, must_user};
use crate::base::access::Actor;
use crate::base::id::SessionId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::site::{Seal, Site};
use crate::store::{ReadExt as _, Tx};

use super::knock::Knock;
use super::{second_step, sign_in};

/// A full authentication: the password, and the authenticator's code where one is on. The next ten minutes count as
/// fresh.
pub async fn reauth(site: &Site, actor: &Actor, password: &str, code: Option<&str>) -> Outcome<Timestamp> {
    let user = site.read(|r| must_user(r, actor.user_id))?;
    sign_in::own_password(site, &user, password, door::wrong_password()).await?;
    if user.totp_enabled {
        let code = code.ok_or_else(|| code_refused("Your authenticator's code is needed too."))?.to_owned();
        let (seal, id) = (site.part::<Seal>()?, user.id);
        if !site.write(move |tx| second_step::use_code(tx, &seal, id, &code)).await? {
            Knock::from_inside(user.id, &user.email).failed(site, "step-up").await?;
            return Err(code_refused("This code is not right, or was used already."));
        }
    }
    fresh(site, actor.session_id).await
}

fn code_refused(words: &str) -> Refusal {
    Refusal::new(401, "AUTH_INVALID_CREDENTIALS", words).field("code", words, "AUTH_INVALID_CREDENTIALS")
}

/// What came beside a wish: the password counts as a fresh proof, without one the last proof has to do.
pub async fn beside(site: &Site, actor: Actor, password: Option<&str>) -> Outcome<Actor> {
    match password {
        Some(password) => by_password(site, &actor, password).await,
        None => Ok(actor),
    }
}

/// The password beside a wish (`current_password`): enough for this wish and the next ten minutes.
pub async fn by_password(site: &Site, actor: &Actor, password: &str) -> Outcome<Actor> {
    if actor.key.is_some() {
        // Of no session that could be marked: whoever holds a key proves themselves at the door.
        sessions::require_elevated(None, site.now())?;
    }
    let user: User = site.read(|r| must_user(r, actor.user_id))?;
    let words = "The password is not right; nothing was changed.";
    let wrong = Refusal::bad_request("CURRENT_PASSWORD_WRONG", words).field(
        "current_password",
        "The password is not right.",
        "CURRENT_PASSWORD_WRONG",
    );
    sign_in::own_password(site, &user, password, wrong).await?;
    let until = fresh(site, actor.session_id).await?;
    Ok(Actor { elevated_until: Some(until), ..actor.clone() })
}

async fn fresh(site: &Site, session: SessionId) -> Outcome<Timestamp> {
    site.write(move |tx| mark(tx, session)).await
}

/// Marks a session as freshly proven, inside a write.
pub(super) fn mark(tx: &mut Tx, session: SessionId) -> Outcome<Timestamp> {
    let mut row = tx.get(&SESSIONS, &session)?.ok_or_else(Refusal::signed_out)?;
    let until = sessions::elevation_end(tx.now());
    row.elevated_until = Some(until);
    tx.put(&SESSIONS, &session, &row)?;
    Ok(until)
}
