//! People and the door: proving an address, joining, signing in, sessions, passwords, roles.
//!
//! Guarantees: an e-mail address belongs to one account; nobody learns from the door whether an address has one; a
//! token or code rests only as a hash and works once; a change of password, role or status acts on the next request.
//! It does not send mail (it says what happened, `notify` writes the letters) and knows nothing of lessons or money.

pub mod model;
pub mod parts;
pub mod rules;
