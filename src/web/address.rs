//! Where a request comes from, for limits: the socket's other end, or what a proxy of ours says.

use super::Web;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Where a request comes from: an IPv4 address, or the network of an IPv6 one, for who has one
/// address there has the whole network.
pub struct Address(pub String);

impl FromRequestParts<Web> for Address {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Address, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let told = || "unknown".to_owned();
        Ok(Address(peer.map_or_else(told, |peer| limited_by(behind(peer, &parts.headers, &web.proxies)))))
    }
}

/// The last address of `X-Forwarded-For` that is no proxy of ours; what stands before it anybody
/// may have written. Only a proxy of ours is believed at all.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut from = peer;
    if !proxies.contains(&peer) {
        return from;
    }
    let values: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for told in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let told = told.trim();
        let bare = told.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(told);
        let ip = bare.parse::<IpAddr>().ok().or_else(|| told.parse::<SocketAddr>().ok().map(|it| it.ip()));
        let Some(ip) = ip else { return from };
        from = ip.to_canonical();
        if !proxies.contains(&from) {
            return from;
        }
    }
    from
}

fn limited_by(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn from(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let proxies = ["127.0.0.1".parse().unwrap(), "10.0.0.7".parse().unwrap()];
        limited_by(behind(peer.parse().unwrap(), &headers, &proxies))
    }

    #[test]
    fn only_our_own_proxies_are_believed_and_only_what_they_wrote() {
        assert_eq!(from("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "nobody we know");
        assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &["1.2.3.4, 198.51.100.1"]), "198.51.100.1", "the client wrote the first itself");
        assert_eq!(from("127.0.0.1", &["1.2.3.4", "198.51.100.1, 10.0.0.7"]), "198.51.100.1");
        assert_eq!(from("127.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(from("127.0.0.1", &["me, 10.0.0.7"]), "10.0.0.7", "as far as it can be read");
        assert_eq!(from("127.0.0.1", &["2001:db8:1:2:3:4:5:6"]), "2001:db8:1:2::/64");
        assert_eq!(from("127.0.0.1", &["[2001:db8:1:2::1]:443"]), "2001:db8:1:2::/64");
    }
}
