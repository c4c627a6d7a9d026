pub mod cancelling;
pub mod detail;
pub mod show;
