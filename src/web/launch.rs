//! What the launch state keeps shut: the one gate of all routes. // rule: 20§4 phase gate, 50§0 launch gating
//!
//! Guarantees
//! - While both axes are open it never refuses anybody.
//! - Admins and whoever was let in pass; being a member already is no grant.
//! - Signing in, the own account and lessons already booked stay reachable in every state.

use axum::http::Method;
use serde_json::json;

use crate::base::access::{Actor, Role};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::settings::Launch;

pub(super) const CODE: &str = "BETA_ACCESS_REQUIRED";

/// Where guests are led while students cannot come yet.
pub(super) const JOIN: &str = "/instructor/join";

/// Which axis a route waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    #[default]
    Always,
    /// What guests see of the marketplace: not while the students' axis is closed.
    Window,
    /// Searching and booking: wants a grant while the students' axis is not open.
    Students,
    /// What instructors write: wants a grant to teach while the instructors' axis is not open. Looking stays free.
    Teaching,
}

impl Opening {
    /// In the list of routes and in the API's document.
    pub fn words(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Window => "window",
            Self::Students => "students",
            Self::Teaching => "teaching",
        }
    }

    /// The pages of part 50 §0 that guests are led away from, unless their route says more.
    pub(super) fn of_page(path: &str) -> Self {
        let below = ["/services", "/instructors/", "/book/", "/student/", "/areas/", "/categories/"];
        match path == "/" || below.iter().any(|start| path.starts_with(start)) {
            true => Self::Window,
            false => Self::Always,
        }
    }

    pub(super) fn judge(self, launch: &Launch, actor: Option<&Actor>, method: &Method) -> Outcome<()> {
        let granted = |role: Option<Role>| {
            actor.is_some_and(|actor| {
                actor.is(Role::Admin) || actor.let_in.iter().any(|given| role.is_none_or(|role| *given == role))
            })
        };
        let (axis, state, passes) = match self {
            Self::Always => return Ok(()),
            Self::Window => ("student", &launch.student, launch.student != "closed" || actor.is_some()),
            Self::Students => ("student", &launch.student, launch.student == "open" || granted(None)),
            Self::Teaching => {
                let passes = method.is_safe() || launch.instructor == "open" || granted(Some(Role::Instructor));
                ("instructor", &launch.instructor, passes)
            }
        };
        if passes {
            return Ok(());
        }
        let words = "We have not opened this yet. It is for people we have let in; everybody else can soon come too.";
        Err(Refusal::forbidden(CODE, words).details(json!({ "axis": axis, "state": state })))
    }
}

/// Whether signing in could help.
pub(super) fn wants_to_know(refusal: &Refusal) -> bool {
    refusal.code == CODE && !leads_away(refusal)
}

/// Whether guests are led to where instructors join, instead of to the door.
pub(super) fn leads_away(refusal: &Refusal) -> bool {
    refusal.code == CODE && refusal.details.as_ref().is_some_and(|details| details["state"] == "closed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{AnyId as _, SessionId, UserId};

    fn person(role: Role, let_in: &[Role]) -> Actor {
        Actor {
            user_id: UserId::from_bits(1),
            session_id: SessionId::from_bits(2),
            roles: [role].into(),
            permissions: role.permissions(),
            first_name: "Emma".into(),
            last_name: "Johnson".into(),
            email: "emma@demo.example".into(),
            timezone: "America/New_York".into(),
            has_second_factor: false,
            elevated_until: None,
            key: None,
            let_in: let_in.iter().copied().collect(),
        }
    }

    #[test]
    fn each_route_waits_for_its_axis() {
        let student = person(Role::Student, &[]);
        let invited = person(Role::Student, &[Role::Student]);
        let teacher = person(Role::Instructor, &[]);
        let founder = person(Role::Instructor, &[Role::Instructor]);
        let admin = person(Role::Admin, &[]);
        use Opening::{Always, Students, Teaching, Window};
        // Route, axis of instructors, axis of students, who, method, whether it passes.
        for (opening, instructor, axis, actor, method, passes) in [
            (Always, "closed", "closed", None, Method::POST, true),
            (Window, "open", "referral_only", None, Method::GET, true),
            (Window, "open", "closed", None, Method::GET, false),
            (Window, "open", "closed", Some(&student), Method::GET, true),
            (Students, "closed", "open", None, Method::GET, true),
            (Students, "open", "referral_only", None, Method::GET, false),
            (Students, "open", "closed", Some(&student), Method::GET, false),
            (Students, "open", "closed", Some(&invited), Method::POST, true),
            (Students, "open", "closed", Some(&founder), Method::GET, true),
            (Students, "open", "closed", Some(&admin), Method::GET, true),
            (Teaching, "open", "closed", Some(&teacher), Method::PUT, true),
            (Teaching, "invite_only", "open", Some(&teacher), Method::PUT, false),
            (Teaching, "invite_only", "open", Some(&teacher), Method::GET, true),
            (Teaching, "closed", "open", Some(&founder), Method::PUT, true),
            (Teaching, "closed", "open", Some(&invited), Method::PUT, false),
            (Teaching, "closed", "open", Some(&admin), Method::PUT, true),
        ] {
            let launch = Launch { instructor: instructor.into(), student: axis.into(), ..Launch::default() };
            let judged = opening.judge(&launch, actor, &method);
            assert_eq!(judged.is_ok(), passes, "{opening:?} {instructor}/{axis} {method}");
            assert!(judged.err().is_none_or(|refusal| refusal.status == 403 && refusal.code == CODE));
        }
    }
}
