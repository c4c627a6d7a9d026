//! Who may do what, and who may change that. // rule: 20§3

use std::collections::BTreeSet;

use crate::accounts::model::User;
use crate::base::access::{Actor, Permission, Role};
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};

/// The union of the roles' permissions, plus grants, minus revokes: a revoke always wins.
pub fn effective(user: &User) -> BTreeSet<Permission> {
    let mut set: BTreeSet<Permission> = user.roles.iter().flat_map(|role| role.permissions()).collect();
    set.extend(&user.grants);
    set.difference(&user.revokes).copied().collect()
}

/// May `actor` give `target` these roles? `admins` is the number of people who hold the admin role now.
pub fn change_roles(actor: &Actor, target: &User, roles: &BTreeSet<Role>, admins: usize) -> Outcome<()> {
    not_oneself(actor, target.id)?;
    if roles.is_empty() {
        return Err(Refusal::invalid("roles", "Everybody has at least one role."));
    }
    if roles.contains(&Role::Student) && roles.contains(&Role::Instructor) {
        return Err(Refusal::unprocessable("ROLES_EXCLUDE", "A person is a student or an instructor, not both."));
    }
    if target.is(Role::Admin) && !roles.contains(&Role::Admin) && admins <= 1 {
        return Err(Refusal::conflict("LAST_ADMIN", "This is the last admin. Make somebody else one first."));
    }
    Ok(())
}

pub fn change_permissions(actor: &Actor, target: &User, revokes: &BTreeSet<Permission>, admins: usize) -> Outcome<()> {
    not_oneself(actor, target.id)?;
    if target.is(Role::Admin) && admins <= 1 && !revokes.is_empty() {
        return Err(Refusal::conflict("LAST_ADMIN", "This is the last admin; nothing can be taken from it."));
    }
    Ok(())
}

fn not_oneself(actor: &Actor, target: UserId) -> Outcome<()> {
    if actor.user_id == target {
        return Err(Refusal::forbidden("SELF_GRANT", "Nobody changes their own rights. Ask another admin."));
    }
    Ok(())
}
