//! Telling a browser somebody has used before from a new one, and naming it. // rule: 20§2 new-device notice

use crate::accounts::model::{KnownDevice, KnownDevices};
use crate::base::secret;
use crate::base::time::{SignedDuration, Timestamp};

const MOST: usize = 10;
const DAYS: i64 = 90;

/// "Firefox on Linux" from a user-agent line; programs keep their own first word.
pub fn label(user_agent: &str) -> String {
    let has = |needle: &str| user_agent.contains(needle);
    let family = if has("Edg/") {
        "Edge"
    } else if has("OPR/") {
        "Opera"
    } else if has("Firefox/") {
        "Firefox"
    } else if has("Chrome/") || has("CriOS/") {
        "Chrome"
    } else if has("Safari/") {
        "Safari"
    } else {
        let word: String = user_agent
            .split(['/', ' '])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(40)
            .collect();
        return if word.is_empty() { "Unknown program".to_owned() } else { word };
    };
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find(|(needle, _)| has(needle))
    .map_or("an unknown system", |(_, name)| name);
    format!("{family} on {system}")
}

/// The network and the kind of browser; a new version or a neighbour address is still the same device.
pub fn fingerprint(ip: &str, user_agent: &str) -> String {
    let network = match ip.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(v4)) => v4.octets()[..3].to_vec(),
        Ok(std::net::IpAddr::V6(v6)) => v6.octets()[..6].to_vec(),
        Err(_) => Vec::new(),
    };
    secret::sha256_hex([network.as_slice(), label(user_agent).as_bytes()].concat())
}

/// Notes a visit; tells whether the device is new to this account.
pub fn note(known: &KnownDevices, fingerprint: &str, now: Timestamp) -> (KnownDevices, bool) {
    let fresh = |d: &&KnownDevice| now.duration_since(d.last_seen_at) < SignedDuration::from_hours(DAYS * 24);
    let is_new = !known.seen.iter().filter(fresh).any(|d| d.fingerprint == fingerprint);
    let others = known.seen.iter().filter(fresh).filter(|d| d.fingerprint != fingerprint).cloned();
    let mut seen = vec![KnownDevice { fingerprint: fingerprint.to_owned(), last_seen_at: now }];
    seen.extend(others);
    seen.truncate(MOST);
    (KnownDevices { seen }, is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named_and_remembered() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(label(firefox), "Firefox on Linux");
        assert_eq!(label("curl/8.5.0"), "curl");
        assert_eq!(fingerprint("203.0.113.7", firefox), fingerprint("203.0.113.99", firefox));
        let now: Timestamp = "2026-03-07T14:00:00Z".parse().unwrap();
        let (known, first) = note(&KnownDevices::default(), "f", now);
        assert!(first);
        assert!(!note(&known, "f", now).1);
    }
}
