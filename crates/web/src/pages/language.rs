//! Choosing a language, from every page.

use concord_domain::language::Language;

use super::within;
use crate::{
    cookies,
    reply::Reply,
    visit::{Result, Visit},
};

/// Remembers the language, and goes back to where it was chosen.
pub fn choose(visit: &Visit) -> Result<Reply> {
    let back = Reply::go_to(within(visit.field("here")));
    let chosen = visit.field("language").and_then(Language::from_tag);
    Ok(match chosen {
        Some(language) => back.with_cookie(cookies::keep_language(language.code(), visit.reached)),
        None => back,
    })
}
