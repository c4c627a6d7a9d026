//! Whom the launch state lets in. // rule: 00§4 launch control, 20§4 sign-up

use crate::base::access::Role;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::settings::Launch;

/// Judged before anything is looked up, so that nobody learns more than whether the doors are open.
pub fn may_join(launch: &Launch, role: Role, invite_code: Option<&str>) -> Outcome<()> {
    let open = match role {
        Role::Instructor => launch.instructor == "open",
        _ => launch.students_may_sign_up(),
    };
    if open {
        return Ok(());
    }
    if role != Role::Instructor || launch.instructor == "closed" {
        return Err(Refusal::forbidden(
            "BETA_SIGNUP_CLOSED",
            "Nobody can join at the moment. Write to us if you would like to hear when the doors open.",
        ));
    }
    match invite_code.map(str::trim).filter(|code| !code.is_empty()) {
        None => {
            Err(Refusal::bad_request("INVITE_REQUIRED", "Teaching here is by invitation for now. Enter your code."))
        }
        // Nobody has been invited: whatever the code says, it is not one of ours.
        Some(_) => Err(Refusal::bad_request("INVITE_INVALID", "This invitation is unknown, used or too old.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_axis_opens_and_closes_for_its_own_side() {
        let launch = |instructor: &str, student: &str, uninvited| Launch {
            instructor: instructor.into(),
            student: student.into(),
            allow_signup_without_invite: uninvited,
        };
        for (state, role, code, want) in [
            (launch("open", "open", false), Role::Instructor, None, "ok"),
            (launch("open", "closed", false), Role::Student, None, "BETA_SIGNUP_CLOSED"),
            (launch("open", "referral_only", false), Role::Student, None, "BETA_SIGNUP_CLOSED"),
            (launch("open", "referral_only", true), Role::Student, None, "ok"),
            (launch("closed", "open", true), Role::Instructor, None, "BETA_SIGNUP_CLOSED"),
            (launch("invite_only", "open", true), Role::Instructor, None, "INVITE_REQUIRED"),
            (launch("invite_only", "open", false), Role::Instructor, Some("ABCD-2345"), "INVITE_INVALID"),
        ] {
            let judged = may_join(&state, role, code).map_or_else(|refusal| refusal.code, |()| "ok");
            assert_eq!(judged, want, "{state:?} {role:?}");
        }
    }
}
