//! Pure decisions about bookings: facts and the time in, a plan or a refusal out.

pub mod cancel;
pub mod complete;
pub mod create;
pub mod lifecycle;
pub mod lists;
pub mod no_show;
pub mod reschedule;
