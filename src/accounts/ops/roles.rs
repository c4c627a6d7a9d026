//! Giving and taking rights. Changes act on the next request. // rule: 20§3

use std::collections::BTreeSet;

use crate::accounts::events::{ForcedOut, RightsChanged};
use crate::accounts::model::User;
use crate::accounts::rules::{roles as rules, sessions};
use crate::accounts::tables::{USERS, must_user, users_with_role};
use crate::base::access::{Actor, Permission, Role};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::store::Tx;

use super::session;

/// More admins than anybody counts; the rules only ask whether there is more than one.
const ADMINS: usize = 1000;

pub async fn set_roles(
    site: &Site,
    actor: &Actor,
    target: UserId,
    roles: BTreeSet<Role>,
    reason: Option<String>,
) -> Outcome<User> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let actor = actor.clone();
    site.write(move |tx| {
        let mut user = must_user(tx, target)?;
        let admins = users_with_role(tx, Role::Admin, ADMINS)?.len();
        rules::change_roles(&actor, &user, &roles, admins)?;
        let removed = user.roles.difference(&roles).next().is_some();
        user.roles = roles.clone();
        save(tx, &actor, &mut user, reason.clone())?;
        if removed {
            session::end_all(tx, user.id, None, "role_removed")?;
        }
        Ok(user)
    })
    .await
}

pub async fn set_permissions(
    site: &Site,
    actor: &Actor,
    target: UserId,
    grants: BTreeSet<Permission>,
    revokes: BTreeSet<Permission>,
    reason: Option<String>,
) -> Outcome<User> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let actor = actor.clone();
    site.write(move |tx| {
        let mut user = must_user(tx, target)?;
        let admins = users_with_role(tx, Role::Admin, ADMINS)?.len();
        rules::change_permissions(&actor, &user, &revokes, admins)?;
        user.grants = grants.clone();
        user.revokes = revokes.clone();
        save(tx, &actor, &mut user, reason.clone())?;
        Ok(user)
    })
    .await
}

/// Trades one role for another inside a write of a higher room: taking up teaching, and giving it up.
/// Sessions stay: the next request sees the new rights.
pub fn exchange(tx: &mut Tx, id: UserId, from: Role, to: Role) -> Outcome<()> {
    let mut user = must_user(tx, id)?;
    user.roles.remove(&from);
    user.roles.insert(to);
    user.updated_at = tx.now();
    tx.put(&USERS, &id, &user)?;
    tx.emit(&RightsChanged {
        user_id: id,
        by: id,
        roles: user.roles.iter().copied().collect(),
        grants: user.grants.iter().copied().collect(),
        revokes: user.revokes.iter().copied().collect(),
        reason: None,
    })
}

fn save(tx: &mut Tx, actor: &Actor, user: &mut User, reason: Option<String>) -> Outcome<()> {
    user.updated_at = tx.now();
    tx.put(&USERS, &user.id, user)?;
    tx.emit(&RightsChanged {
        user_id: user.id,
        by: actor.user_id,
        roles: user.roles.iter().copied().collect(),
        grants: user.grants.iter().copied().collect(),
        revokes: user.revokes.iter().copied().collect(),
        reason,
    })
}

/// Ends all of somebody's sessions from the console.
pub async fn force_sign_out(site: &Site, actor: &Actor, target: UserId, reason: Option<String>) -> Outcome<usize> {
    let by = actor.user_id;
    site.write(move |tx| {
        must_user(tx, target)?;
        tx.emit(&ForcedOut { user_id: target, by, reason: reason.clone() })?;
        session::end_all(tx, target, None, "forced_by_admin")
    })
    .await
}
