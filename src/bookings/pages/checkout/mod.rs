pub mod booked;
pub mod show;
