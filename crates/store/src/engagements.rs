//! Engagements and commitments: the entries, as documents.

use std::{
    cmp::Reverse,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use concord_domain::{
    document::{self, Commitment, Engagement, Key},
    id::{CommitmentId, EngagementId, OrganizationId},
    policy::Scope,
    vocabulary::{Closed, EngagementStatus},
    window::Day,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl,
    dsl::exists,
};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx},
    documents::{IDS_MAX, Row, save, stored},
    entries::visible,
    error::Result,
    links::{self, Role},
    lists::{Among, id_list, text_list},
    memo::{self, Memo},
    parts,
    schema::{commitments as c, engagements as e, entries},
    sealing::TextOf,
    sql::RowId,
};

mod disclosing;
mod ending;
mod page;
mod rows;

pub use disclosing::{acknowledged, summarized};
pub use ending::{ending, kept_and_not_over, of_late};
pub use page::{Filter, Position, page};
pub use rows::load_commitments_for_rules;
use rows::{CommitmentRow, EngagementRow, commitment, engagement};

/// The engagements with these ids that may be read in a scope, in the order of their first day,
/// the latest first.
///
/// # Errors
/// The store's own.
pub fn load(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    ids: &[EngagementId],
) -> Result<Vec<Engagement>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<EngagementRow> = e::table
            .filter(e::operation_id.eq(RowId(operation)))
            .filter(e::id.among(id_list(ids.iter().copied())))
            .filter(exists(visible!(operation, scope).filter(entries::id.eq(e::id))))
            .order((e::starts_on.desc(), e::id))
            .select((e::id, e::organization_id, e::document, e::texts))
            .load(tx)?;
        for row in rows {
            found.push(engagement(tx, operation, row)?);
        }
    }
    Ok(found)
}

/// What the rules have read lately.
static READ: LazyLock<Mutex<Memo<Engagement>>> = LazyLock::new(Mutex::default);

/// Forgets what the rules have read, so that nothing that is erased stays in memory.
pub(crate) fn forget_read() {
    READ.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// The engagements with these ids, in any order, without their free texts: for the rules, which skip
/// nothing, and for what is drawn of those that were found to be readable. What is answered is never
/// to be saved, and of others than those never to be shown.
///
/// # Errors
/// The store's own.
pub fn load_for_rules(
    tx: &mut Tx,
    operation: Uuid,
    ids: &[EngagementId],
) -> Result<Vec<Arc<Engagement>>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<String> = e::table
            .filter(e::operation_id.eq(RowId(operation)))
            .filter(e::id.among(id_list(ids.iter().copied())))
            .select(e::document)
            .load(tx)?;
        for row in rows {
            found.push(memo::restored(&READ, row)?);
        }
    }
    Ok(found)
}

diesel::define_sql_function! {
    /// The first of two days that is known.
    fn coalesce(first: diesel::sql_types::Date, second: diesel::sql_types::Date) -> diesel::sql_types::Date;
}

/// The ids of the engagements with any of these actors, or with all, whose window meets the days
/// from `from` to `until`, as far as they may be read in a scope, the latest first.
///
/// # Errors
/// The store's own.
pub fn with_actors(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    actors: Option<&[Uuid]>,
    (from, until): (Day, Day),
) -> Result<Vec<EngagementId>> {
    // Each is a range of one index; both in one condition are not. Nearly all lines that ever were began
    // before, so that no index is to be asked for those: PostgreSQL would, as it plans for any days.
    let going_on = |is_open| {
        let query = e::table
            .filter(e::operation_id.eq(RowId(operation)))
            .filter(exists(visible!(operation, scope).filter(entries::id.eq(e::id))))
            .filter(coalesce(e::starts_on, e::starts_on).le(until))
            .select((e::starts_on, e::id))
            .into_boxed::<MultiBackend>();
        match is_open {
            true => query.filter(e::ends_on.is_null()),
            false => query.filter(e::ends_on.ge(from)),
        }
    };
    let some = actors.map_or_else(|| vec![None], |all| all.chunks(IDS_MAX).map(Some).collect());
    let mut found: Vec<(Day, RowId)> = Vec::new();
    for (is_open, actors) in some.iter().flat_map(|ids| [(true, ids), (false, ids)]) {
        let mut query = going_on(is_open);
        if let Some(ids) = actors {
            query = query.filter(e::armed_actor_id.among(id_list(ids.iter().copied())));
        }
        let rows: Vec<(Day, RowId)> = query.load(tx)?;
        found.extend(rows);
    }
    found.sort_unstable_by_key(|(day, id)| (Reverse(*day), *id));
    Ok(found.into_iter().map(|(_, id)| EngagementId(id.0)).collect())
}

/// The id of the engagement that a key or an id stands for, as far as it may be read in a scope.
/// Keys are each owner's own: those of `own` come first, and one that several others use stands
/// for none of theirs.
///
/// # Errors
/// The store's own.
pub fn find(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    written: &str,
    own: Option<OrganizationId>,
) -> Result<Option<EngagementId>> {
    if Key::parse(written).is_none() {
        return Ok(None);
    }
    if let Ok(id) = Uuid::parse_str(written) {
        let readable = crate::entries::readable(tx, operation, scope, &[id])?;
        let there: Option<RowId> = e::table
            .filter(e::operation_id.eq(RowId(operation)))
            .filter(e::id.eq(RowId(id)))
            .select(e::id)
            .first(tx)
            .optional()?;
        if there.is_some() && readable.contains(&id) {
            return Ok(Some(EngagementId(id)));
        }
    }
    let rows: Vec<(RowId, RowId)> = e::table
        .filter(e::operation_id.eq(RowId(operation)))
        .filter(e::key.eq(written))
        .filter(exists(visible!(operation, scope).filter(entries::id.eq(e::id))))
        .select((e::id, e::organization_id))
        .limit(20)
        .load(tx)?;
    let of_own = rows.iter().find(|(_, owner)| own.is_some_and(|own| owner.0 == own.0));
    Ok(match (of_own, rows.as_slice()) {
        (Some((id, _)), _) | (None, [(id, _)]) => Some(EngagementId(id.0)),
        _ => None,
    })
}

/// The engagement of an owner that has this key.
///
/// # Errors
/// The store's own.
pub fn with_key(
    tx: &mut Tx,
    operation: Uuid,
    owner: OrganizationId,
    key: &str,
) -> Result<Option<EngagementId>> {
    let id: Option<RowId> = e::table
        .filter(e::operation_id.eq(RowId(operation)))
        .filter(e::organization_id.eq(RowId::from(owner)))
        .filter(e::key.eq(key))
        .select(e::id)
        .first(tx)
        .optional()?;
    Ok(id.map(|id| EngagementId(id.0)))
}

/// Writes an engagement, whose entry stands already.
///
/// # Errors
/// The store's own; a key of an ask or a demand that is taken.
pub fn save(tx: &mut Tx, operation: Uuid, engagement: &Engagement, row: Row) -> Result<()> {
    let id = engagement.identity.id;
    let of = TextOf::row("engagements", operation, id, Some(engagement.organization.0.0));
    let (text, texts) = stored(tx, &of, engagement)?;
    let saved: Result<()> = {
        save!(
            tx,
            operation,
            (id, row),
            engagements,
            (
                t::key.eq(engagement.identity.key.as_str()),
                t::organization_id.eq(RowId::from(engagement.organization.0)),
                t::armed_actor_id.eq(RowId::from(engagement.armed_actor.0)),
                t::level.eq(engagement.level.0.code()),
                t::status.eq(engagement.status.0.code()),
                t::starts_on.eq(engagement.from),
                t::ends_on.eq(engagement.until),
                t::strategy.eq(engagement.strategy.as_ref().map(|line| line.as_str().to_owned())),
                t::document.eq(&text),
                t::texts.eq(&texts),
                t::touched_on.eq(engagement.touched_on()),
            )
        )
    };
    saved?;
    let follows = document::ids(&engagement.follows).into_iter().map(Uuid::from).collect();
    links::replace(tx, operation, (id.0, row), &[(Role::Follows, follows)])?;
    parts::replace(tx, operation, engagement, row)
}

/// The commitments with these ids that may be read in a scope.
///
/// # Errors
/// The store's own.
pub fn load_commitments(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    ids: &[CommitmentId],
) -> Result<Vec<Commitment>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<CommitmentRow> = c::table
            .filter(c::operation_id.eq(RowId(operation)))
            .filter(c::id.among(id_list(ids.iter().copied())))
            .filter(exists(visible!(operation, scope).filter(entries::id.eq(c::entry_id))))
            .order(c::id)
            .select((c::id, c::organization_id, c::document, c::texts))
            .load(tx)?;
        for row in rows {
            found.push(commitment(tx, operation, row)?);
        }
    }
    Ok(found)
}

/// At most `limit` commitments that may be read in a scope and whose id comes after another.
///
/// # Errors
/// The store's own.
pub fn page_of_commitments(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    after: Option<CommitmentId>,
    limit: i64,
) -> Result<Vec<Commitment>> {
    let rows: Vec<CommitmentRow> = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::id.gt(RowId(after.map_or(Uuid::nil(), |id| id.0))))
        .filter(exists(visible!(operation, scope).filter(entries::id.eq(c::entry_id))))
        .order(c::id)
        .limit(limit)
        .select((c::id, c::organization_id, c::document, c::texts))
        .load(tx)?;
    rows.into_iter().map(|row| commitment(tx, operation, row)).collect()
}

/// The ids of the commitments of any of these actors, or of all, that may be read in a scope and, if
/// a day is said, had not ended before it.
///
/// # Errors
/// The store's own.
pub fn commitments_with_actors(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    actors: Option<&[Uuid]>,
    not_over_on: Option<Day>,
) -> Result<Vec<CommitmentId>> {
    let all = || {
        let all = c::table
            .filter(c::operation_id.eq(RowId(operation)))
            .filter(exists(visible!(operation, scope).filter(entries::id.eq(c::entry_id))))
            .order(c::id)
            .select(c::id)
            .into_boxed::<MultiBackend>();
        match not_over_on {
            Some(day) => all.filter(c::ends_on.is_null().or(c::ends_on.ge(day))),
            None => all,
        }
    };
    let Some(actors) = actors else {
        let rows: Vec<RowId> = all().load(tx)?;
        return Ok(rows.into_iter().map(|id| CommitmentId(id.0)).collect());
    };
    let mut found = Vec::new();
    for actors in actors.chunks(IDS_MAX) {
        let rows: Vec<RowId> =
            all().filter(c::armed_actor_id.among(id_list(actors.iter().copied()))).load(tx)?;
        found.extend(rows.into_iter().map(|id| CommitmentId(id.0)));
    }
    Ok(found)
}

/// The commitment of an owner that has this key; of no owner, if none is given; with the
/// entry whose audience it has.
///
/// # Errors
/// The store's own.
pub fn commitment_with_key(
    tx: &mut Tx,
    operation: Uuid,
    owner: Option<OrganizationId>,
    key: &str,
) -> Result<Option<(CommitmentId, Uuid)>> {
    let query = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::key.eq(key))
        .select((c::id, c::entry_id))
        .into_boxed::<MultiBackend>();
    let query = match owner {
        Some(owner) => query.filter(c::organization_id.eq(Some(RowId::from(owner)))),
        None => query.filter(c::organization_id.is_null()),
    };
    let row: Option<(RowId, RowId)> = query.first(tx).optional()?;
    Ok(row.map(|(id, entry)| (CommitmentId(id.0), entry.0)))
}

/// Writes a commitment, whose entry stands already; `owner` is the organisation whose keys it has.
///
/// # Errors
/// The store's own.
pub fn save_commitment(
    tx: &mut Tx,
    operation: Uuid,
    commitment: &Commitment,
    owner: Option<OrganizationId>,
) -> Result<()> {
    let id = commitment.identity.id;
    let of = TextOf::row("commitments", operation, id, owner.map(|id| id.0));
    let (document, texts) = stored(tx, &of, commitment)?;
    let engagement = commitment.engagement.map(|to| RowId::from(to.0));
    save!(
        tx,
        operation,
        id,
        commitments,
        (
            t::key.eq(commitment.identity.key.as_str()),
            t::organization_id.eq(owner.map(RowId::from)),
            t::entry_id.eq(engagement.unwrap_or_else(|| RowId::from(id))),
            t::engagement_id.eq(engagement),
            t::armed_actor_id.eq(RowId::from(commitment.armed_actor.0)),
            t::status.eq(commitment.status.0.code()),
            t::ends_on.eq(commitment.until),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}

/// The ids of all engagements that are carried on or about to be, over or not, as far as they may
/// be read in a scope.
///
/// # Errors
/// The store's own.
pub fn carried_on(tx: &mut Tx, operation: Uuid, scope: &Scope) -> Result<Vec<EngagementId>> {
    let live: Vec<&str> = EngagementStatus::ALL
        .iter()
        .filter(|status| status.is_live())
        .map(|status| status.code())
        .collect();
    let rows: Vec<RowId> = e::table
        .filter(e::operation_id.eq(RowId(operation)))
        .filter(e::status.among(text_list(live)))
        .filter(exists(visible!(operation, scope).filter(entries::id.eq(e::id))))
        .select(e::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}

/// How many that nobody touched are named at once.
const UNTOUCHED_MAX: i64 = 200;

/// The live engagements that these organisations lead and that nobody touched since a day, the
/// longest first.
///
/// # Errors
/// The store's own.
pub fn untouched(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    since: Day,
) -> Result<Vec<EngagementId>> {
    use crate::schema::live_lines as l;
    let rows: Vec<RowId> = l::table
        .inner_join(
            e::table.on(e::operation_id.eq(l::operation_id).and(e::id.eq(l::engagement_id))),
        )
        .filter(l::operation_id.eq(RowId(operation)))
        .filter(l::organization_id.among(id_list(organizations.iter().copied())))
        .filter(e::touched_on.lt(since))
        .order((e::touched_on, e::id))
        .limit(UNTOUCHED_MAX)
        .select(e::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}
