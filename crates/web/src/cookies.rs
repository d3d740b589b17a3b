//! The cookies: the secret of the session, what somebody comes back with who was sent to an identity
//! provider, and the language that somebody chose.
//!
//! Those for TLS have the prefix `__Host-`, so that no other name of the domain can set them. One
//! without is believed on the machine itself alone, where there is no TLS to be had.

use actix_web::http::header::{COOKIE, HeaderMap};

use crate::origin::{self, Reached};

const SECURE_SESSION: &str = "__Host-concord";
const LOCAL_SESSION: &str = "concord";
const SECURE_AWAY: &str = "__Host-concord-away";
const LOCAL_AWAY: &str = "concord-away";
const LANGUAGE: &str = "concord-language";
/// For how long a chosen language is remembered, in seconds.
const LANGUAGE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The values of a cookie that came with a request.
fn values<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(COOKIE).filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';'));
    let wanted = name.to_owned();
    pairs.filter_map(move |pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted).then_some(value)
    })
}

fn believed<'h>(headers: &'h HeaderMap, secure: &str, local: &str) -> Option<&'h str> {
    let local = || origin::is_on_this_machine(headers).then_some(local);
    values(headers, secure).next().or_else(|| values(headers, local()?).next())
}

/// The secret of the session that a browser shows.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    believed(headers, SECURE_SESSION, LOCAL_SESSION)
}

/// What was kept when somebody was sent to the identity provider.
pub fn away(headers: &HeaderMap) -> Option<&str> {
    believed(headers, SECURE_AWAY, LOCAL_AWAY)
}

/// The language that was chosen.
pub fn language(headers: &HeaderMap) -> Option<&str> {
    values(headers, LANGUAGE).next()
}

/// What lets a browser keep the secret of a session until it is closed.
pub fn keep_session(secret: &str, reached: Reached) -> String {
    match reached {
        Reached::ByTls => {
            format!("{SECURE_SESSION}={secret}; Path=/; HttpOnly; SameSite=Strict; Secure")
        }
        _ => format!("{LOCAL_SESSION}={secret}; Path=/; HttpOnly; SameSite=Strict"),
    }
}

/// What lets a browser forget it, whichever it is.
pub fn forget_session() -> [String; 2] {
    [
        format!("{SECURE_SESSION}=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0"),
        format!("{LOCAL_SESSION}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"),
    ]
}

/// What lets a browser keep, for so many seconds, what its person comes back with from an identity
/// provider. It is sent from pages of this site alone.
pub fn keep_away(value: &str, reached: Reached, seconds: i64) -> String {
    match reached {
        Reached::ByTls => format!(
            "{SECURE_AWAY}={value}; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age={seconds}"
        ),
        _ => format!("{LOCAL_AWAY}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}"),
    }
}

/// What lets a browser forget it.
pub fn forget_away(reached: Reached) -> String {
    keep_away("", reached, 0)
}

/// What lets a browser remember a language.
pub fn keep_language(code: &str, reached: Reached) -> String {
    let secure = if reached == Reached::ByTls { "; Secure" } else { "" };
    format!("{LANGUAGE}={code}; Path=/; HttpOnly; SameSite=Lax; Max-Age={LANGUAGE_SECONDS}{secure}")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HOST, HeaderValue};

    use super::*;

    fn sent(host: &'static str, cookie: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        headers.insert(COOKIE, HeaderValue::from_static(cookie));
        headers
    }

    #[test]
    fn a_cookie_that_any_name_of_the_domain_can_set_is_believed_on_the_machine_itself_alone() {
        assert_eq!(session(&sent("concord.example", "concord=a.b")), None);
        assert_eq!(session(&sent("127.0.0.1:8080", "concord=a.b")), Some("a.b"));
        let both = "x=y; concord=a.b; __Host-concord=c.d";
        assert_eq!(session(&sent("concord.example", both)), Some("c.d"));
        assert_eq!(session(&sent("localhost", both)), Some("c.d"));
        assert_eq!(session(&sent("localhost", "xconcord=a.b")), None);
    }

    #[test]
    fn a_cookie_of_a_session_ends_with_the_browser_and_is_for_this_site_alone() {
        let kept = keep_session("a.b", Reached::ByTls);
        assert_eq!(kept, "__Host-concord=a.b; Path=/; HttpOnly; SameSite=Strict; Secure");
        let kept = keep_session("a.b", Reached::OnThisMachine);
        assert_eq!(kept, "concord=a.b; Path=/; HttpOnly; SameSite=Strict");
    }
}
