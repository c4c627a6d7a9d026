//! An account's status: pausing, resuming, closing. // rule: 20§5

use serde_json::json;

use crate::accounts::events::StatusChanged;
use crate::accounts::model::User;
use crate::accounts::parts::Accounts;
use crate::accounts::rules::lifecycle::{self as rules, Move};
use crate::accounts::tables::{USERS, must_user};
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};

use super::session;

/// A person's row and how many lessons lie ahead of them.
pub fn standing(site: &Site, id: UserId) -> Outcome<(User, usize)> {
    let parts = site.part::<Accounts>()?;
    let now = site.now();
    site.read(|r| Ok((must_user(r, id)?, parts.lessons_ahead(r, id, now)?)))
}

/// Whether an admin may ask for this change now. What belongs to teaching is for those who teach.
pub fn possible(user: &User, wish: Move, ahead: usize) -> Outcome<()> {
    if wish == Move::Reopen && !user.is_active {
        return Err(rules::nothing_left());
    }
    if wish == Move::Suspend && !user.is(Role::Instructor) {
        return Err(rules::only_instructors());
    }
    rules::decide(user.status, wish, ahead).map(drop)
}

/// Pauses, resumes or closes; answers the row before and after.
pub async fn change_status(site: &Site, by: By, id: UserId, wish: Move) -> Outcome<(User, User)> {
    let parts = site.part::<Accounts>()?;
    site.write(move |tx| {
        let before = must_user(tx, id)?;
        let ahead = parts.lessons_ahead(tx, id, tx.now())?;
        possible(&before, wish, ahead)?;
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
        let (from, to) = (json!({ "account_status": before.status }), json!({ "account_status": user.status }));
        audit::record(tx, &by, Deed::on(wish.action(), "user", id).change(from, to))?;
        tx.emit(&StatusChanged { user_id: id, from: before.status, to: user.status })?;
        Ok((before, user))
    })
    .await
}
