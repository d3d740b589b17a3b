//! Tokens that a person gives to tools: they do less than the person, and end.
//!
//! One is told once and kept as a hash. It carries on no session, begins none and makes no other
//! token; what it may be used for is decided where everything else is, by its
//! [`Assurance`].

use aws_lc_rs::digest;
use chrono::{NaiveTime, TimeDelta};
use concord_domain::{
    credential::{Assurance, Deed, ToolScope},
    fault::FaultCode,
    text,
    window::Day,
};
use concord_store::{
    Tx,
    accounts::{self, Account},
    credentials::{self, ToolToken},
};
use uuid::Uuid;

use super::{hex, sessions::in_session, sha256, tokens::Person};
use crate::{
    App, audit,
    error::{Error, Result},
};

/// On how many days a token for a tool holds at most.
pub const TOOL_TOKEN_DAYS_MAX: i64 = 90;
/// How many of them somebody has at once.
pub const TOOL_TOKENS_MAX: usize = 20;
/// The longest name of a tool, in characters.
pub const TOOL_NAME_CHARS_MAX: usize = 100;

/// What each begins with, so that one that is found somewhere is known for what it is.
const PREFIX: &str = "concord_tool_";

/// A token for a tool, as it is asked for.
pub struct Wanted<'w> {
    /// What its owner calls the tool.
    pub name: &'w str,
    /// What it may be used for.
    pub scope: ToolScope,
    /// The last day on which it holds, in UTC.
    pub ends_on: Day,
}

/// The hash of what looks like a token for a tool.
pub(super) fn hash_of(token: &str) -> Option<[u8; 32]> {
    token.strip_prefix(PREFIX)?;
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().try_into().ok()
}

/// Whose token has this hash, and how far it is trusted, if it still holds.
pub(super) fn owner(
    app: &App,
    tx: &mut Tx,
    hash: &[u8; 32],
) -> Result<Option<(Account, Assurance)>> {
    let found = credentials::tool_token_of(tx, &hex(hash))?;
    let Some(token) = found.filter(|token| app.now() < token.ends_at) else { return Ok(None) };
    let account = accounts::load(tx, &[token.account])?.pop();
    Ok(account.map(|account| (account, Assurance::Tool(token.scope))))
}

/// Makes a token for a tool. It is answered once.
///
/// # Errors
/// What is wrong with what is asked for; [`Error::StepUpRequired`], [`Error::Forbidden`] for tools.
pub fn make_tool_token(
    app: &App,
    person: Person,
    wanted: &Wanted<'_>,
) -> Result<(ToolToken, String)> {
    let now = app.now();
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("account", known.account.id);
        known.require(Deed::KeepCredentials)?;
        checked(app, wanted)?;
        let standing = credentials::tool_tokens(tx, known.account.id)?;
        for over in standing.iter().filter(|each| each.ends_at <= now) {
            credentials::delete_tool_token(tx, known.account.id, over.id)?;
        }
        if standing.iter().filter(|each| now < each.ends_at).count() >= TOOL_TOKENS_MAX {
            let detail = format!("you have {TOOL_TOKENS_MAX} tokens for tools; revoke one first");
            return Err(Error::Conflict(detail));
        }
        let told = format!("{PREFIX}{}", hex(&app.ids.secret()));
        let token = ToolToken {
            id: app.ids.id(),
            account: known.account.id,
            hash: sha256(told.as_bytes()),
            name: wanted.name.to_owned(),
            scope: wanted.scope,
            made_at: now,
            ends_at: (wanted.ends_on + TimeDelta::days(1)).and_time(NaiveTime::MIN),
        };
        credentials::insert_tool_token(tx, &token)?;
        Ok((token, told))
    })
}

/// Refuses what can be no name of a tool or of a passkey.
pub(super) fn checked_name(name: &str) -> Result<()> {
    if name.trim().is_empty()
        || name.chars().count() > TOOL_NAME_CHARS_MAX
        || name.chars().any(|c| text::is_unsafe(c) || c.is_control())
    {
        let detail = format!("a name has 1 to {TOOL_NAME_CHARS_MAX} characters");
        return Err(Error::at("name", FaultCode::Malformed, detail));
    }
    Ok(())
}

fn checked(app: &App, wanted: &Wanted<'_>) -> Result<()> {
    checked_name(wanted.name)?;
    let days = (wanted.ends_on - app.today()).num_days() + 1;
    if !(1..=TOOL_TOKEN_DAYS_MAX).contains(&days) {
        let detail =
            format!("a token holds for {TOOL_TOKEN_DAYS_MAX} days at most, today included");
        return Err(Error::at("ends_on", FaultCode::OutOfRange, detail));
    }
    Ok(())
}

/// The tokens that the caller gave to tools, the newest first.
///
/// # Errors
/// [`Error::Unauthenticated`], and [`Error::Forbidden`] for tools.
pub fn tool_tokens(app: &App, person: Person) -> Result<Vec<ToolToken>> {
    audit::read_own(app, person, |tx| {
        let (known, _) = in_session(app, tx, person)?;
        Ok(credentials::tool_tokens(tx, known.account.id)?)
    })
}

/// Revokes a token that the caller gave to a tool, at once.
///
/// # Errors
/// [`Error::NotFound`] if it is none of the caller's; [`Error::Forbidden`] for tools.
pub fn revoke_tool_token(app: &App, person: Person, id: Uuid) -> Result<()> {
    audit::write_own(app, person, |tx, deeds| {
        let (known, _) = in_session(app, tx, person)?;
        deeds.by(known.account.id);
        deeds.changed("account", known.account.id);
        let revoked = credentials::delete_tool_token(tx, known.account.id, id)?;
        if revoked { Ok(()) } else { Err(Error::NotFound) }
    })
}
