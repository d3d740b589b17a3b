//! For how long receipts of checks are kept.

use chrono::NaiveTime;
use concord_domain::{checking::TOLD_DAYS, window::earlier};
use concord_store::{Area, checks, questions, retention as kept};
use uuid::Uuid;

use super::{AT_ONCE, server};
use crate::{
    App, audit,
    error::{Error, Result},
};

/// Erases the receipts of checks that are older than lines of the community are kept for: each tells
/// of a line that was meant. What is erased is recorded, by ids.
pub(super) fn erase(app: &App, operation: Uuid) -> Result<()> {
    loop {
        let (before, is_any) = app.store.read(|tx| {
            let access = server(tx, operation)?;
            let days = kept::periods(tx, operation)?.community;
            let before = earlier(access.operation.evaluated_on, days).and_time(NaiveTime::MIN);
            Ok::<_, Error>((before, checks::any_before(tx, operation, before)?))
        })?;
        if !is_any {
            return Ok(());
        }
        audit::write(app, Area::Operation(operation), |tx, deeds| {
            let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
            for id in checks::erase_before(tx, operation, (before, limit))? {
                deeds.changed("check", id);
            }
            let counted_since = earlier(before.date(), TOLD_DAYS);
            Ok(questions::forget_before(tx, operation, counted_since)?)
        })?;
    }
}
