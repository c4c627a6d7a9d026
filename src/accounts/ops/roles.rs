//! Giving and taking rights. Changes act on the next request. // rule: 20§3

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::accounts::events::{ForcedOut, RightsChanged};
use crate::accounts::model::User;
use crate::accounts::rules::{roles as rules, sessions};
use crate::accounts::tables::{USERS, must_user, users_with_role};
use crate::base::access::{Actor, Permission, Role};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::Tx;

use super::session;

/// The rules only ask whether there is more than one.
const ADMINS: usize = 2;

pub async fn set_roles(site: &Site, actor: &Actor, target: UserId, roles: BTreeSet<Role>, by: By) -> Outcome<User> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let deed = Deed::on("user.roles", "user", target);
    audit::watched(site, &by.clone(), deed, give_roles(site, actor, target, roles, by)).await
}

async fn give_roles(site: &Site, actor: &Actor, target: UserId, roles: BTreeSet<Role>, by: By) -> Outcome<User> {
    let actor = actor.clone();
    site.write(move |tx| {
        let mut user = must_user(tx, target)?;
        let admins = users_with_role(tx, Role::Admin, ADMINS)?.len();
        rules::change_roles(&actor, &user, &roles, admins)?;
        let removed = user.roles.difference(&roles).next().is_some();
        let before = json!({ "roles": user.roles });
        user.roles = roles.clone();
        save(tx, &by, &mut user)?;
        let after = json!({ "roles": roles });
        audit::record(tx, &by, Deed::on("user.roles", "user", target).change(before, after))?;
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
    by: By,
) -> Outcome<User> {
    sessions::require_elevated(actor.elevated_until, site.now())?;
    let deed = Deed::on("user.permissions", "user", target);
    audit::watched(site, &by.clone(), deed, give_permissions(site, actor, target, (grants, revokes), by)).await
}

async fn give_permissions(
    site: &Site,
    actor: &Actor,
    target: UserId,
    (grants, revokes): (BTreeSet<Permission>, BTreeSet<Permission>),
    by: By,
) -> Outcome<User> {
    let actor = actor.clone();
    site.write(move |tx| {
        let mut user = must_user(tx, target)?;
        let admins = users_with_role(tx, Role::Admin, ADMINS)?.len();
        rules::change_permissions(&actor, &user, &revokes, admins)?;
        let before = json!({ "grants": user.grants, "revokes": user.revokes });
        user.grants = grants.clone();
        user.revokes = revokes.clone();
        save(tx, &by, &mut user)?;
        let after = json!({ "grants": grants, "revokes": revokes });
        audit::record(tx, &by, Deed::on("user.permissions", "user", target).change(before, after))?;
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

fn save(tx: &mut Tx, by: &By, user: &mut User) -> Outcome<()> {
    user.updated_at = tx.now();
    tx.put(&USERS, &user.id, user)?;
    tx.emit(&RightsChanged {
        user_id: user.id,
        by: by.user()?,
        roles: user.roles.iter().copied().collect(),
        grants: user.grants.iter().copied().collect(),
        revokes: user.revokes.iter().copied().collect(),
        reason: by.reason.clone(),
    })
}

/// Ends all of somebody's sessions from the console.
pub async fn force_sign_out(site: &Site, by: By, target: UserId) -> Outcome<usize> {
    let ended = site
        .write(move |tx| {
            must_user(tx, target)?;
            tx.emit(&ForcedOut { user_id: target, by: by.user()?, reason: by.reason.clone() })?;
            let ended = session::end_all(tx, target, None, "forced_by_admin")?;
            let deed =
                Deed::on("admin.force_logout", "user", target).change(Value::Null, json!({ "sessions_ended": ended }));
            audit::record(tx, &by, deed)?;
            Ok(ended)
        })
        .await?;
    session::count_ended(site, "admin", ended);
    Ok(ended)
}
