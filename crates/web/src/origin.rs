//! From where a request comes, as the browser that sends it says.
//!
//! A form is taken from a page of this installation and from no other site. Browsers tell by
//! `Sec-Fetch-Site`, which no page can set, where they trust the connection; and always by `Origin`,
//! which is then compared with the address that was asked.

use actix_web::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};

/// How a browser has reached this installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Over TLS, as far as the browser is concerned.
    ByTls,
    /// On its own machine.
    OnThisMachine,
    /// Over a network, for all to read.
    InTheClear,
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The scheme and the authority of where a form stood; none if the browser does not say.
fn origin(headers: &HeaderMap) -> Option<(&str, &str)> {
    text(headers, &ORIGIN)?.split_once("://")
}

/// Whether a form stood on a page of this installation.
pub fn is_own(headers: &HeaderMap) -> bool {
    let Some((_, authority)) = origin(headers) else { return false };
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(headers, &HOST).is_some_and(|host| host.eq_ignore_ascii_case(authority)),
    }
}

/// Whether somebody follows a link of another site, with which a browser sends no cookie of ours.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}

/// How the browser that sends a form has reached this installation.
pub fn reached(headers: &HeaderMap) -> Reached {
    match origin(headers) {
        Some(("https", _)) => Reached::ByTls,
        _ if is_on_this_machine(headers) => Reached::OnThisMachine,
        _ => Reached::InTheClear,
    }
}

/// Whether a request is made to an address that only the machine itself can reach.
pub fn is_on_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = text(headers, &HOST) else { return false };
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = |address: std::net::IpAddr| address.is_loopback();
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: HeaderName = name.parse().expect("a name");
            headers.insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn a_form_is_taken_from_a_page_of_ones_own_alone() {
        let own = |pairs: &[(&str, &str)]| is_own(&headers(pairs));
        let host = ("host", "concord.example");
        assert!(own(&[host, ("origin", "https://concord.example")]));
        assert!(own(&[
            ("host", "127.0.0.1:8080"),
            ("origin", "https://concord.example"),
            ("sec-fetch-site", "same-origin"),
        ]));
        for others in ["https://other.example", "https://concord.example.org", "null", ""] {
            assert!(!own(&[host, ("origin", others)]), "{others}");
        }
        assert!(!own(&[host]));
        assert!(!own(&[host, ("sec-fetch-site", "same-origin")]));
        for site in ["cross-site", "same-site", "none", ""] {
            let origin = ("origin", "https://concord.example");
            assert!(!own(&[host, origin, ("sec-fetch-site", site)]), "{site}");
        }
    }

    #[test]
    fn only_the_machine_itself_is_reached_without_tls_as_if_with_it() {
        fn reached(host: &str, origin: &str) -> Reached {
            super::reached(&headers(&[("host", host), ("origin", origin)]))
        }
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "127.8.0.1"] {
            assert_eq!(reached(host, &format!("http://{host}")), Reached::OnThisMachine, "{host}");
        }
        for host in ["192.168.0.7:8080", "concord.example", "localhost.example", "[::2]"] {
            assert_eq!(reached(host, &format!("http://{host}")), Reached::InTheClear, "{host}");
        }
        assert_eq!(reached("concord.example", "https://concord.example"), Reached::ByTls);
        assert_eq!(reached("127.0.0.1:8080", "https://concord.example"), Reached::ByTls);
    }
}
