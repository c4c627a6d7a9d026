//! Who may do what: roles, the 35 permissions of part 20 §3, and the person behind a request.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::id::{SessionId, UserId};
use super::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Instructor,
    Student,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Admin, Self::Instructor, Self::Student];

    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Instructor => "instructor",
            Self::Student => "student",
        }
    }

    /// The permissions of the role, before personal grants and revokes.
    pub fn permissions(self) -> BTreeSet<Permission> {
        Permission::ALL.iter().filter(|(_, _, roles)| roles.contains(&self)).map(|(p, _, _)| *p).collect()
    }
}

macro_rules! permissions {
    ($($variant:ident $name:literal [$($role:ident)*]),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $(#[serde(rename = $name)] $variant),+
        }
        impl Permission {
            /// Every permission with its wire name and the roles that hold it (rule: 20§3).
            pub const ALL: &'static [(Self, &'static str, &'static [Role])] =
                &[$((Self::$variant, $name, &[$(Role::$role),*])),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

permissions! {
    ManageOwnProfile "manage_own_profile" [Student Instructor Admin],
    ViewOwnBookings "view_own_bookings" [Student Instructor Admin],
    ViewOwnSearchHistory "view_own_search_history" [Student Instructor Admin],
    ChangeOwnPassword "change_own_password" [Student Instructor Admin],
    DeleteOwnAccount "delete_own_account" [Student Instructor Admin],
    SendMessages "send_messages" [Student Instructor Admin],
    ViewMessages "view_messages" [Student Instructor Admin],
    ViewInstructors "view_instructors" [Student Admin],
    ViewInstructorAvailability "view_instructor_availability" [Student Admin],
    CreateBookings "create_bookings" [Student Admin],
    CancelOwnBookings "cancel_own_bookings" [Student Admin],
    ViewBookingDetails "view_booking_details" [Student Admin],
    ManageInstructorProfile "manage_instructor_profile" [Instructor Admin],
    ManageServices "manage_services" [Instructor Admin],
    ManageAvailability "manage_availability" [Instructor Admin],
    ViewIncomingBookings "view_incoming_bookings" [Instructor Admin],
    CompleteBookings "complete_bookings" [Instructor Admin],
    CancelStudentBookings "cancel_student_bookings" [Instructor Admin],
    ViewOwnInstructorAnalytics "view_own_instructor_analytics" [Instructor Admin],
    SuspendOwnInstructorAccount "suspend_own_instructor_account" [Instructor Admin],
    AdminRead "admin:read" [Admin],
    AdminManage "admin:manage" [Admin],
    ViewAllUsers "view_all_users" [Admin],
    ManageUsers "manage_users" [Admin],
    ViewSystemAnalytics "view_system_analytics" [Admin],
    ExportAnalytics "export_analytics" [Admin],
    ViewAllBookings "view_all_bookings" [Admin],
    ManageAllBookings "manage_all_bookings" [Admin],
    AccessMonitoring "access_monitoring" [Admin],
    ModerateContent "moderate_content" [Admin],
    ModerateMessages "moderate_messages" [Admin],
    ViewFinancials "view_financials" [Admin],
    ManageFinancials "manage_financials" [Admin],
    ManageRoles "manage_roles" [Admin],
    ManagePermissions "manage_permissions" [Admin],
}

/// What a personal API key may do: never more than its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Look, and change nothing.
    Read,
    /// Whatever its owner may do, but for their password, their rights and their leaving.
    All,
}

impl KeyScope {
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::All => "all",
        }
    }

    /// What a key is never trusted with.
    pub const WITHHELD: [Permission; 4] = [
        Permission::ChangeOwnPassword,
        Permission::DeleteOwnAccount,
        Permission::ManageRoles,
        Permission::ManagePermissions,
    ];
}

/// The signed-in person behind a request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub roles: BTreeSet<Role>,
    /// Role union + grants − revokes.
    pub permissions: BTreeSet<Permission>,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// IANA name.
    pub timezone: String,
    /// An authenticator or a passkey is set up.
    pub has_second_factor: bool,
    /// Until when a full authentication counts as recent.
    pub elevated_until: Option<Timestamp>,
    /// Came with a personal API key instead of a session.
    pub key: Option<KeyScope>,
    /// Which sides of the marketplace they were let into before it opens.
    pub let_in: BTreeSet<Role>,
}

impl Actor {
    pub fn can(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
    /// The role that decides which pages greet the person.
    pub fn main_role(&self) -> Role {
        self.roles.first().copied().unwrap_or(Role::Student)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_five_permissions_and_admins_hold_all() {
        assert_eq!(Permission::ALL.len(), 35);
        assert_eq!(Role::Admin.permissions().len(), 35);
        assert_eq!(Role::Student.permissions().len(), 12);
        assert_eq!(Role::Instructor.permissions().len(), 15);
    }
}
