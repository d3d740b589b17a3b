//! Strategies: readable as their owner's engagements that name them are.

use concord_domain::{
    document::{Key, Strategy},
    id::{ArmedActorId, OrganizationId, StrategyId},
    policy::Scope,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, NullableExpressionMethods,
    OptionalExtension, QueryDsl, RunQueryDsl, dsl::exists, sql_types::Bool,
};
use uuid::Uuid;

use crate::{
    connection::Tx,
    documents::{IDS_MAX, restored, save, stored},
    entries::visible,
    error::Result,
    lists::{Among, id_list},
    schema::{engagements as e, entries, strategies as s},
    sealing::TextOf,
    sql::RowId,
};

/// The strategies of an operation that may be read in a scope: one's own, and those that an
/// engagement of their owner names which one may read.
macro_rules! readable {
    ($operation:expr, $scope:expr) => {{
        let own = id_list($scope.organizations.iter().copied());
        let named = e::table
            .filter(e::operation_id.eq(s::operation_id))
            .filter(e::organization_id.eq(s::organization_id))
            .filter(e::strategy.eq(s::key.nullable()))
            .filter(exists(visible!($operation, $scope).filter(entries::id.eq(e::id))));
        let all = $scope.is_server.into_sql::<Bool>();
        s::table
            .filter(s::operation_id.eq(RowId($operation)))
            .filter(all.or(s::organization_id.among(own)).or(exists(named)))
            .order(s::id)
            .select((s::id, s::organization_id, s::document, s::texts))
    }};
}

/// The id, the organisation, the document and its texts.
type StrategyRow = (RowId, RowId, String, Option<Vec<u8>>);

fn strategy(
    tx: &mut Tx,
    operation: Uuid,
    (id, organization, document, texts): StrategyRow,
) -> Result<Strategy> {
    let of = TextOf::row("strategies", operation, id.0, Some(organization.0));
    restored(tx, &of, (document, texts))
}

/// The strategies with these ids that may be read in a scope.
///
/// # Errors
/// The store's own.
pub fn load(tx: &mut Tx, operation: Uuid, scope: &Scope, ids: &[Uuid]) -> Result<Vec<Strategy>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<StrategyRow> = readable!(operation, scope)
            .filter(s::id.among(id_list(ids.iter().copied())))
            .load(tx)?;
        for row in rows {
            found.push(strategy(tx, operation, row)?);
        }
    }
    Ok(found)
}

/// At most `limit` strategies that may be read in a scope and whose id comes after another.
///
/// # Errors
/// The store's own.
pub fn page(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    after: Option<StrategyId>,
    limit: i64,
) -> Result<Vec<Strategy>> {
    let rows: Vec<StrategyRow> = readable!(operation, scope)
        .filter(s::id.gt(RowId(after.map_or(Uuid::nil(), |id| id.0))))
        .limit(limit)
        .load(tx)?;
    rows.into_iter().map(|row| strategy(tx, operation, row)).collect()
}

/// The strategy of an owner that has this key.
///
/// # Errors
/// The store's own.
pub fn with_key(
    tx: &mut Tx,
    operation: Uuid,
    owner: OrganizationId,
    key: &str,
) -> Result<Option<StrategyId>> {
    if Key::parse(key).is_none() {
        return Ok(None);
    }
    let id: Option<RowId> = s::table
        .filter(s::operation_id.eq(RowId(operation)))
        .filter(s::organization_id.eq(RowId::from(owner)))
        .filter(s::key.eq(key))
        .select(s::id)
        .first(tx)
        .optional()?;
    Ok(id.map(|id| StrategyId(id.0)))
}

/// The strategies towards this very actor.
///
/// # Errors
/// The store's own.
pub fn towards(tx: &mut Tx, operation: Uuid, actor: ArmedActorId) -> Result<Vec<Uuid>> {
    let rows: Vec<RowId> = s::table
        .filter(s::operation_id.eq(RowId(operation)))
        .filter(s::armed_actor_id.eq(Some(RowId::from(actor))))
        .select(s::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// Writes a strategy.
///
/// # Errors
/// The store's own.
pub fn keep(tx: &mut Tx, operation: Uuid, strategy: &Strategy) -> Result<()> {
    let (id, owner) = (strategy.identity.id, strategy.organization.0.0);
    let of = TextOf::row("strategies", operation, id, Some(owner));
    let (document, texts) = stored(tx, &of, strategy)?;
    save!(
        tx,
        operation,
        strategy.identity.id,
        strategies,
        (
            t::key.eq(strategy.identity.key.as_str()),
            t::organization_id.eq(RowId::from(strategy.organization.0)),
            t::armed_actor_id.eq(strategy.armed_actor.map(|to| RowId::from(to.0))),
            t::document.eq(&document),
            t::texts.eq(&texts),
        )
    )
}
