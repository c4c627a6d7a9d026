//! Letting people in before everybody else may come. // rule: 20§4

use std::collections::BTreeSet;

use serde_json::json;

use crate::accounts::model::{BetaAccess, User};
use crate::accounts::tables::{USERS, must_user};
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::site::settings::launch;

/// Lets a person into these sides of the marketplace and no others; a grant that stays keeps its day and phase.
pub async fn let_in(site: &Site, by: By, target: UserId, roles: BTreeSet<Role>) -> Outcome<User> {
    if roles.contains(&Role::Admin) {
        return Err(Refusal::invalid("roles", "Admins need no grant: name student or instructor."));
    }
    site.write(move |tx| {
        let mut user = must_user(tx, target)?;
        let before = user.let_in();
        if before == roles {
            return Ok(user);
        }
        user.beta.retain(|grant| roles.contains(&grant.role));
        let (phase, granted_at) = (launch(tx)?.phase().to_owned(), tx.now());
        for role in roles.difference(&before) {
            user.beta.push(BetaAccess { role: *role, phase: phase.clone(), invited_by_code: None, granted_at });
        }
        user.updated_at = granted_at;
        tx.put(&USERS, &target, &user)?;
        let (before, after) = (json!({ "let_in": before }), json!({ "let_in": roles }));
        audit::record(tx, &by, Deed::on("user.beta_access", "user", target).change(before, after))?;
        Ok(user)
    })
    .await
}
