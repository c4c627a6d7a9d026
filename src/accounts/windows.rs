//! How often strangers may knock, per address. // rule: 20§9 sliding windows

use crate::web::Window;

/// Passwords at either door.
pub static DOOR: Window = Window::new("door", 20, 60);
/// Setting a second factor up, taking it off, passing it.
pub static TWO_FACTOR: Window = Window::new("two_factor", 20, 60);
pub static REGISTER: Window = Window::new("register", 10, 3600);
/// Codes mailed on the word of one address.
pub static CODES: Window = Window::new("email_codes", 20, 3600).refusing("EMAIL_VERIFICATION_RATE_LIMITED");
pub static RESET_REQUEST: Window = Window::new("reset_request", 10, 3600);
/// Links mailed to one person, whoever asks.
pub static RESET_MAILS: Window = Window::new("reset_mails", 5, 3600);
pub static RESET_CONFIRM: Window = Window::new("reset_confirm", 10, 60);
pub static RESET_VERIFY: Window = Window::new("reset_verify", 20, 60);
