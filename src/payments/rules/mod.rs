//! The decisions about money, pure: facts and `now` in, amounts and instants out.

pub mod authorize;
pub mod credits;
pub mod pricing;
pub mod settle;
pub mod tiers;
