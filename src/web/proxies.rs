//! Proxies that are trusted to say who really asks. // rule: 20§9 client IP
//!
//! Without any, forwarded headers mean nothing. With some, `X-Forwarded-For` is read from the right: each trusted proxy
//! vouches for the address left of it, and the first one that is not trusted is the client.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use super::extract::ClientIp;

#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Addresses or networks separated by commas.
    pub fn parse(text: &str) -> Result<Self, String> {
        let one = |part: &str| {
            let network = part.parse::<IpNet>().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from));
            network.ok_or_else(|| format!("{part:?} is neither an address nor a network such as 10.0.0.0/8"))
        };
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is among them.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }

    /// The client behind `peer`.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let lines = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
        let mut told = peer;
        let mut named = false;
        for hop in lines.flat_map(|line| line.rsplit(',')) {
            // What cannot be read was not written by a proxy of ours: nothing left of it counts.
            let Ok(ip) = hop.trim().parse::<IpAddr>() else { return told };
            (told, named) = (ip.to_canonical(), true);
            if !self.trusts(told) {
                return told;
            }
        }
        let only = headers.get("cf-connecting-ip").and_then(|value| value.to_str().ok()?.trim().parse().ok());
        only.filter(|_| !named).unwrap_or(told)
    }

    pub(super) fn client_of(&self, parts: &Parts) -> ClientIp {
        ClientIp(self.client(peer(parts), &parts.headers).to_canonical())
    }

    /// A trusted proxy says that the person came without encryption.
    pub(super) fn says_plain(&self, parts: &Parts) -> bool {
        let scheme = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        self.trusts(peer(parts)) && scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
    }
}

fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    peer.unwrap_or(ClientIp::default().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str], cloudflare: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        if let Some(ip) = cloudflare {
            headers.insert("cf-connecting-ip", ip.parse().unwrap());
        }
        Proxies::parse(trusted).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_from_the_right() {
        for (trusted, peer, forwarded, cloudflare, want) in [
            ("", "10.0.0.1", &["1.2.3.4"][..], Some("5.6.7.8"), "10.0.0.1"),
            ("10.0.0.0/8", "10.0.0.1", &["1.2.3.4"], None, "1.2.3.4"),
            ("10.0.0.0/8", "10.0.0.1", &["6.6.6.6, 1.2.3.4"], None, "1.2.3.4"),
            ("10.0.0.0/8", "10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.0.0.9"], None, "1.2.3.4"),
            ("10.0.0.0/8", "10.0.0.1", &["6.6.6.6", "1.2.3.4"], None, "1.2.3.4"),
            ("10.0.0.0/8", "10.0.0.1", &["1.2.3.4, nonsense"], None, "10.0.0.1"),
            ("10.0.0.0/8", "10.0.0.1", &["1.2.3.4"], Some("5.6.7.8"), "1.2.3.4"),
            ("10.0.0.0/8", "10.0.0.1", &[], Some("5.6.7.8"), "5.6.7.8"),
            ("10.0.0.0/8", "11.0.0.1", &["1.2.3.4"], Some("5.6.7.8"), "11.0.0.1"),
            ("10.0.0.0/8, ::1", "::1", &["2001:db8::7, 10.1.1.1"], None, "2001:db8::7"),
        ] {
            assert_eq!(client(trusted, peer, forwarded, cloudflare), want, "{trusted} {peer} {forwarded:?}");
        }
        assert!(Proxies::parse("10.0.0.0/8, here").is_err());
    }
}
