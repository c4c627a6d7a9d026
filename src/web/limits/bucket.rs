//! The buckets there are. A route can only name one of these: an unknown bucket does not compile, and one in a stored
//! policy keeps the server from starting.

use axum::http::Method;
use serde::{Deserialize, Serialize};

use super::gcra::Pace;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    AuthBootstrap,
    Read,
    Write,
    Search,
    Booking,
    /// Per person and operation; never in shadow.
    Financial,
    /// Per person and conversation.
    ConvMsg,
}

impl Bucket {
    pub const ALL: [Self; 7] =
        [Self::AuthBootstrap, Self::Read, Self::Write, Self::Search, Self::Booking, Self::Financial, Self::ConvMsg];

    pub fn name(self) -> &'static str {
        match self {
            Self::AuthBootstrap => "auth_bootstrap",
            Self::Read => "read",
            Self::Write => "write",
            Self::Search => "search",
            Self::Booking => "booking",
            Self::Financial => "financial",
            Self::ConvMsg => "conv_msg",
        }
    }

    /// A minute's worth and how many more may come at once. // rule: 00§4 limit buckets
    pub fn pace(self) -> Pace {
        let (per_minute, burst) = match self {
            Self::AuthBootstrap => (100, 20),
            Self::Read => (120, 20),
            Self::Write => (30, 10),
            Self::Search => (60, 20),
            Self::Booking => (20, 5),
            Self::Financial => (5, 2),
            Self::ConvMsg => (60, 10),
        };
        Pace { rate: per_minute, burst, window_s: 60 }
    }

    /// What a request counts as when its route names nothing else.
    pub fn of_method(method: &Method) -> Self {
        if matches!(*method, Method::GET | Method::HEAD) { Self::Read } else { Self::Write }
    }
}
