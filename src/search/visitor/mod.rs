//! Who searches, as far as we know: an account, a browser that carries our mark, or just a network.
//!
//! Guarantees: an address of the internet is never kept, only a hash of its network (/24 or /48); what a stranger
//! claims to be counts only if it carries our mark. Everything that counts people counts [`Visitor::identity`].

pub mod api;

use std::net::IpAddr;

use crate::base::id::UserId;
use crate::base::secret::sha256_hex;

/// Nobody issues longer ones.
pub const LONGEST_GUEST: usize = 64;

/// A browser without an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub id: String,
    /// It carries our mark; anything else may be made up.
    pub ours: bool,
}

/// Who is behind a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    pub user: Option<UserId>,
    pub guest: Option<Guest>,
    /// A hash of the network.
    pub net: String,
    pub device: &'static str,
    pub browser: &'static str,
    /// The page of ours it comes from.
    pub referrer: Option<String>,
    /// The browser asks not to be followed (`Sec-GPC`).
    pub private: bool,
}

impl Visitor {
    /// Whose recent searches these are: the account's, else the guest's.
    pub fn owner(&self) -> Option<String> {
        match (self.user, &self.guest) {
            (Some(user), _) => Some(owner_of_user(user)),
            (None, Some(guest)) => Some(owner_of_guest(&guest.id)),
            (None, None) => None,
        }
    }

    /// What counts as one person: an account, our mark together with the network, or the network alone.
    pub fn identity(&self) -> String {
        match (self.user, &self.guest) {
            (Some(user), _) => owner_of_user(user),
            (None, Some(guest)) if guest.ours => format!("g:{}:{}", guest.id, self.net),
            _ => format!("n:{}", self.net),
        }
    }
}

pub fn owner_of_user(user: UserId) -> String {
    format!("u:{user}")
}

pub fn owner_of_guest(guest: &str) -> String {
    format!("g:{guest}")
}

/// Whether an identity may have a say in what is learned: a bare network may not (rule: 40§15 Learning).
pub fn may_vote(identity: &str) -> bool {
    is_account(identity) || identity.starts_with("g:")
}

pub fn is_account(identity: &str) -> bool {
    identity.starts_with("u:")
}

/// The network part of a guest's identity.
pub fn net_of(identity: &str) -> &str {
    identity.rsplit_once(':').map_or("", |(_, net)| net)
}

/// A hash of the /24 or /48 an address lies in.
pub fn net(ip: IpAddr) -> String {
    let prefix = match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}")
        }
        IpAddr::V6(v6) => format!("{:x}:{:x}:{:x}", v6.segments()[0], v6.segments()[1], v6.segments()[2]),
    };
    sha256_hex(format!("network {prefix}"))[..16].to_owned()
}

/// The kind of device and the browser's family, as its own words tell.
pub fn agent(words: &str) -> (&'static str, &'static str) {
    let has = |part: &str| words.contains(part);
    let device = if has("iPad") || has("Tablet") {
        "tablet"
    } else if has("Mobi") || has("iPhone") || has("Android") {
        "mobile"
    } else if words.is_empty() {
        "unknown"
    } else {
        "desktop"
    };
    let families =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let browser = families.iter().find(|(mark, _)| has(mark)).map_or("other", |(_, family)| family);
    (device, browser)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_network_and_a_made_up_guest_is_nobody() {
        let at = |ip: &str| net(ip.parse().unwrap());
        assert_eq!(at("203.0.113.7"), at("203.0.113.200"));
        assert_ne!(at("203.0.113.7"), at("203.0.114.7"));
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:9::7"));
        let claimed = |ours| Visitor {
            guest: Some(Guest { id: "abc".into(), ours }),
            net: at("203.0.113.7"),
            ..Visitor::default()
        };
        assert_eq!(claimed(false).identity(), format!("n:{}", at("203.0.113.7")));
        assert!(may_vote(&claimed(true).identity()) && !may_vote(&claimed(false).identity()));
        assert_eq!(net_of(&claimed(true).identity()), at("203.0.113.7"));
        assert_eq!(claimed(false).owner(), Some("g:abc".to_owned()), "everybody keeps their own list");
    }

    #[test]
    fn agents_are_told_roughly() {
        assert_eq!(agent("Mozilla/5.0 (iPhone) AppleWebKit Safari/604.1"), ("mobile", "Safari"));
        assert_eq!(agent("Mozilla/5.0 (X11; Linux) Chrome/126.0 Safari/537.36"), ("desktop", "Chrome"));
        assert_eq!(agent(""), ("unknown", "other"));
    }
}
