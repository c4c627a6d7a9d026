//! Pausing, resuming and closing an instructor's account; leaving for good. // rule: 20§5

use crate::accounts::model::{AccountStatus, User};
use crate::base::access::Role;
use crate::base::refusal::{Outcome, Refusal};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Hidden from lists and bookings; lessons already promised stay.
    Suspend,
    Reactivate,
    /// No sign-in any more; only an admin undoes it.
    Deactivate,
    /// An admin gives a closed account back.
    Reopen,
}

impl Move {
    /// As the audit trail names it. // rule: 20§12
    pub fn action(self) -> &'static str {
        match self {
            Self::Suspend => "instructor.suspend",
            Self::Reactivate | Self::Reopen => "instructor.reactivate",
            Self::Deactivate => "instructor.deactivate",
        }
    }
}

pub fn only_instructors() -> Refusal {
    Refusal::conflict("NOTHING_TO_PAUSE", "Only those who teach can be paused: nobody books anybody else.")
}

pub fn nothing_left() -> Refusal {
    Refusal::conflict("ACCOUNT_ERASED", "Everything about this person was erased. There is nothing to open again.")
}

pub fn decide(now: AccountStatus, wish: Move, lessons_ahead: usize) -> Outcome<AccountStatus> {
    use AccountStatus::{Active, Deactivated, Suspended};
    match (wish, now) {
        (Move::Suspend, Active) => Ok(Suspended),
        (Move::Reactivate, Suspended) => Ok(Active),
        (Move::Deactivate, Active | Suspended) if lessons_ahead == 0 => Ok(Deactivated),
        (Move::Deactivate, Active | Suspended) => Err(Refusal::conflict(
            "FUTURE_BOOKINGS",
            "Lessons lie ahead. Teach or cancel them first; until then you can pause your account.",
        )),
        (Move::Suspend, Suspended) => Err(already("Your account is paused already.")),
        (Move::Reactivate, Active) => Err(already("Your account is not paused.")),
        (Move::Reopen, Deactivated) => Ok(Active),
        (Move::Reopen, Active | Suspended) => Err(already("This account is not closed.")),
        (_, Deactivated) => Err(already("This account is closed.")),
    }
}

fn already(words: &str) -> Refusal {
    Refusal::bad_request("ACCOUNT_STATUS_UNCHANGED", words)
}

/// May this person's data be erased now?
pub fn may_leave(user: &User, lessons_ahead: usize, admins: usize) -> Outcome<()> {
    if lessons_ahead > 0 {
        return Err(Refusal::bad_request(
            "UPCOMING_BOOKINGS",
            "Lessons lie ahead. Cancel them or let them take place first; nothing was erased.",
        ));
    }
    if user.is(Role::Admin) && admins <= 1 {
        return Err(Refusal::conflict("LAST_ADMIN", "This is the last admin. Make somebody else one first."));
    }
    Ok(())
}

/// What is left of a person: the id that bookings and books refer to, and nothing personal.
pub fn erased(user: &User, delete: bool) -> User {
    let email =
        if delete { format!("deleted_{}@deleted.com", user.id) } else { format!("anon_{}@anonymized.com", user.id) };
    User {
        email,
        password_hash: String::new(),
        first_name: "Deleted".into(),
        last_name: "User".into(),
        phone: None,
        zip_code: "00000".into(),
        is_active: false,
        status: AccountStatus::Deactivated,
        email_verified: false,
        totp_enabled: false,
        passkeys: 0,
        picture_key: None,
        ..user.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pausing_is_always_possible_and_closing_only_without_lessons() {
        use AccountStatus::{Active, Deactivated, Suspended};
        let status = |now, wish, ahead| decide(now, wish, ahead).map_err(|r| r.status);
        assert_eq!(status(Active, Move::Suspend, 3), Ok(Suspended));
        assert_eq!(status(Suspended, Move::Suspend, 0), Err(400));
        assert_eq!(status(Suspended, Move::Reactivate, 3), Ok(Active));
        assert_eq!(status(Active, Move::Reactivate, 0), Err(400));
        assert_eq!(status(Suspended, Move::Deactivate, 1), Err(409));
        assert_eq!(status(Active, Move::Deactivate, 0), Ok(Deactivated));
        assert_eq!(status(Deactivated, Move::Reactivate, 0), Err(400));
        assert_eq!(status(Deactivated, Move::Reopen, 0), Ok(Active));
        assert_eq!(status(Suspended, Move::Reopen, 0), Err(400));
    }
}
