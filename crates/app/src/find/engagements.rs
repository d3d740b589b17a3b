//! Engagements by what they are about.

use concord_domain::{document::Engagement, policy::Action};
use concord_store::engagements::{self, Position};
use serde_json::Value;

use super::{Search, read};
use crate::{
    App, access,
    auth::Person,
    cursor::{self, Items, ListOf},
    error::Result,
    resources::{self, Shown},
};

/// How many engagements are looked at for one page: words and places are looked for in the
/// documents, and the next page goes on where this one stopped.
pub const EXAMINED_MAX: usize = 2_000;
/// How many are read at a time.
const READ_AT_ONCE: i64 = 200;

/// The engagements that the caller may read and that are looked for, the latest first. There may
/// be more where a page is not full and has a `next`.
///
/// # Errors
/// All that is wrong with the question; when the cursor or the limit is wrong.
pub fn search(app: &App, person: Person, operation: &str, body: &Value) -> Result<Items<Shown>> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let (question, page) = read(app, tx, access, body)?;
        let search = Search::new(tx, access, &question)?;
        let list = format!("{} search {question:?}", access.id());
        let of = ListOf { account: access.account, list };
        let limit = usize::try_from(page.size()?).unwrap_or_default();
        let position = page.position(app, &of)?;
        let mut after = position.as_deref().and_then(Position::parse);
        let mut found: Vec<Engagement> = Vec::new();
        let mut examined = 0;
        let mut is_last = false;
        while found.len() <= limit && examined < EXAMINED_MAX && !is_last {
            let (operation, scope) = (access.id(), &access.scope);
            let filter = &search.filter;
            let read = engagements::page(tx, operation, scope, filter, (after, READ_AT_ONCE))?;
            examined += read.len();
            is_last = read.len() < usize::try_from(READ_AT_ONCE).unwrap_or_default();
            after = read.last().map(Position::of).or(after);
            found.extend(search.sift(tx, access, read)?);
        }
        let is_full = found.len() > limit;
        found.truncate(limit);
        let end = if is_full { found.last().map(Position::of) } else { after };
        let next = end.filter(|_| is_full || !is_last);
        let next = next.map(|end| cursor::after(app, &of, &end.to_string()));
        Ok(Items { items: resources::all_shown(tx, access, &found)?, next })
    })
}
