//! The decisions about money, pure: facts and `now` in, amounts and instants out.

pub mod authorize;
pub mod bill;
pub mod corrections;
pub mod credits;
pub mod explain;
pub mod health;
pub mod pricing;
pub mod reconcile;
pub mod rehearse;
pub mod settle;
pub mod tiers;
