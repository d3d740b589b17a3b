//! One's own account: what one is known by here, and where each of it is changed.

use askama::Template;
use concord_app::{auth, email, people};

use super::elsewhere;
use crate::{
    frame::Frame,
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// Something of the account, where it is changed, and how it stands.
struct Part {
    address: &'static str,
    name: &'static str,
    state: String,
}

#[derive(Template)]
#[template(path = "account.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    name: String,
    login: String,
    /// What was done just now.
    done: Option<&'static str>,
    parts: Vec<Part>,
}

/// The account.
pub fn show(visit: &Visit) -> Result<Reply> {
    let (w, app, person) = (visit.words, &visit.app, visit.person()?);
    let account = people::me(app, person)?.account;
    let part = |address, name, state| Part { address, name: w.text(name), state };
    let second_factor = match auth::second_factor(app, person)?.since {
        Some(since) => w.filled("account.since", &w.day(since.date())),
        None => w.text("account.no_second_factor").to_owned(),
    };
    let told_at = match email::address(app, person)? {
        Some(kept) if kept.confirmed_at.is_some() => w.text("account.email_confirmed"),
        Some(_) => w.text("account.email_waits"),
        None => w.text("account.no_email"),
    };
    let sessions = auth::own_sessions(app, person)?.len();
    let mut parts = vec![
        part("/account/password", "account.password", String::new()),
        part("/account/second-factor", "account.second_factor", second_factor),
        part("/account/passkeys", "account.passkeys", counted(auth::passkeys(app, person)?.len())),
        part("/account/email", "account.email", told_at.to_owned()),
        part("/account/tools", "account.tools", counted(auth::tool_tokens(app, person)?.len())),
        part("/sessions", "account.sessions", counted(sessions)),
    ];
    let linked = auth::identities(app, person)?.len();
    if linked > 0 || elsewhere::is_there(app) {
        parts.push(part("/account/identities", "account.identities", counted(linked)));
    }
    let frame = Frame { here: "/account".to_owned(), ..Frame::outside(visit) };
    Reply::page(&Page {
        w,
        frame,
        name: account.name,
        login: account.login,
        done: done(visit),
        parts,
    })
}

fn counted(number: usize) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

/// What the address says was done just now.
fn done(visit: &Visit) -> Option<&'static str> {
    let key = match visit.field("done")? {
        "password" => "account.password_done",
        "second-factor" => "account.second_factor_done",
        "email" => "account.email_done",
        _ => return None,
    };
    Some(visit.words.text(key))
}
