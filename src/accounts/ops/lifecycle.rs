//! An account's status, and leaving: what is held about a person, and erasing it.

use serde_json::{Map, Value, json};

use crate::accounts::events::{StatusChanged, UserErased};
use crate::accounts::model::User;
use crate::accounts::parts::Accounts;
use crate::accounts::rules::lifecycle::{self as rules, Move};
use crate::accounts::rules::sessions::require_elevated;
use crate::accounts::tables::{
    KNOWN_DEVICES, LOGIN_RECORDS, PASSWORD_RESETS, RESETS_BY_USER, USERS, must_user, sessions_of, users_with_role,
};
use crate::base::access::{Actor, Role};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span, Tx};

use super::{session, sign_in, two_factor};

/// A person's row and how many lessons lie ahead of them.
pub fn standing(site: &Site, id: UserId) -> Outcome<(User, usize)> {
    let parts = site.part::<Accounts>()?;
    let now = site.now();
    site.read(|r| Ok((must_user(r, id)?, parts.lessons_ahead(r, id, now)?)))
}

/// Pauses, resumes or closes; answers the row before and after.
pub async fn change_status(site: &Site, id: UserId, wish: Move) -> Outcome<(User, User)> {
    let parts = site.part::<Accounts>()?;
    site.write(move |tx| {
        let before = must_user(tx, id)?;
        let ahead = parts.lessons_ahead(tx, id, tx.now())?;
        let mut user = before.clone();
        user.status = rules::decide(before.status, wish, ahead)?;
        user.updated_at = tx.now();
        tx.put(&USERS, &id, &user)?;
        if wish == Move::Deactivate {
            session::end_all(tx, id, None, "account_closed")?;
        }
        for hook in &parts.on_status {
            hook(tx, &user)?;
        }
        tx.emit(&StatusChanged { user_id: id, from: before.status, to: user.status })?;
        Ok((before, user))
    })
    .await
}

/// Everything that is held about a person, by section; no secrets.
pub fn export(site: &Site, id: UserId) -> Outcome<Map<String, Value>> {
    let parts = site.part::<Accounts>()?;
    site.read(|r| {
        let user = must_user(r, id)?;
        let mut data = Map::new();
        data.insert("profile".into(), profile(&user));
        data.insert("sessions".into(), sessions(r, id)?);
        for section in &parts.personal {
            data.insert(section.name.into(), (section.read)(r, &user)?);
        }
        Ok(data)
    })
}

fn profile(user: &User) -> Value {
    json!({
        "id": user.id, "email": user.email, "first_name": user.first_name, "last_name": user.last_name,
        "phone": user.phone, "zip_code": user.zip_code, "timezone": user.timezone, "roles": user.roles,
        "account_status": user.status, "email_verified": user.email_verified,
        "created_at": user.created_at, "updated_at": user.updated_at,
    })
}

fn sessions(r: &dyn Read, id: UserId) -> Outcome<Value> {
    let rows = sessions_of(r, id)?.into_iter().map(|s| {
        json!({ "label": s.label, "ip": s.ip, "user_agent": s.user_agent, "created_at": s.created_at, "last_seen_at": s.last_seen_at })
    });
    Ok(rows.collect())
}

/// Leaving by oneself takes a fresh proof, or the password beside the wish.
pub async fn leave(site: &Site, actor: &Actor, delete: bool, password: Option<&str>) -> Outcome<()> {
    match password {
        Some(password) => {
            let user = site.read(|r| must_user(r, actor.user_id))?;
            let wrong = Refusal::bad_request(
                "CURRENT_PASSWORD_WRONG",
                "The password is not right; nothing was erased.",
            )
            .field("current_password", "The password is not right.", "CURRENT_PASSWORD_WRONG");
            sign_in::own_password(site, &user, password, wrong).await?;
        }
        None => require_elevated(actor.elevated_until, site.now())?,
    }
    erase(site, actor.user_id, delete).await
}

/// Takes everything personal away and keeps what law and books need. There is no way back.
pub async fn erase(site: &Site, id: UserId, delete: bool) -> Outcome<()> {
    let parts = site.part::<Accounts>()?;
    site.write(move |tx| {
        let user = must_user(tx, id)?;
        let admins = users_with_role(tx, Role::Admin, 2)?.len();
        rules::may_leave(&user, parts.lessons_ahead(tx, id, tx.now())?, admins)?;
        for section in &parts.personal {
            (section.erase)(tx, &user)?;
        }
        forget_door(tx, &user)?;
        let mut left = rules::erased(&user, delete);
        left.updated_at = tx.now();
        tx.put(&USERS, &id, &left)?;
        for hook in &parts.on_status {
            hook(tx, &left)?;
        }
        let letter_id = super::leave_letter(tx, &user.email, "")?;
        tx.emit(&UserErased { user_id: id, letter_id, deleted: delete })
    })
    .await
}

fn forget_door(tx: &mut Tx, user: &User) -> Outcome<()> {
    session::end_all(tx, user.id, None, "account_erased")?;
    two_factor::forget(tx, user.id)?;
    tx.delete(&KNOWN_DEVICES, &user.id)?;
    tx.delete(&LOGIN_RECORDS, &user.email)?;
    for (_, key) in tx.index_keys(&RESETS_BY_USER, Span::prefix(&(user.id,)), 100, Dir::Up)? {
        tx.delete(&PASSWORD_RESETS, &key)?;
    }
    Ok(())
}
