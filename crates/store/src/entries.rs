//! Entries: what has an audience of its own. Here stands the one condition that decides which of
//! them a person may read, and no query of engagements, commitments or flags does without it.

use std::collections::HashSet;

use concord_domain::{
    id::{MechanismId, OrganizationId},
    policy::{Scope, Sharing},
    vocabulary::{Audience, Closed, Disclosure},
    window::Day,
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use crate::{
    connection::Tx,
    documents::{IDS_MAX, Row},
    error::{Result, StoreError},
    flags,
    links::{self, Role},
    lists::{Among, id_list, text_list},
    schema::{self, entries as t},
    sealing::{TextOf, seal},
    sql::RowId,
};

/// The ids of the entries of an operation that may be read in a scope, as a query within another:
/// those that are permitted and were not retracted.
///
/// It is a macro because diesel cannot name the type of such a query for two databases at once.
macro_rules! visible {
    ($operation:expr, $scope:expr) => {{
        let query = crate::entries::permitted!($operation, $scope);
        diesel::QueryDsl::filter(
            query,
            diesel::ExpressionMethods::is_null(crate::schema::entries::retracted_on),
        )
    }};
}
pub(crate) use visible;

/// The ids of the entries of an operation that are permitted to be read in a scope, retracted or
/// not. [`Scope::includes`] says the same in Rust, and a test holds the two together.
macro_rules! permitted {
    ($operation:expr, $scope:expr) => {{
        use concord_domain::vocabulary::{Audience, Closed};
        use diesel::{
            BoolExpressionMethods, ExpressionMethods, IntoSql, QueryDsl, dsl::exists,
            sql_types::Bool,
        };

        use crate::{
            links::Role,
            lists::{Among, Ids, id_list},
            schema::{entries, links},
            sql::RowId,
        };

        let scope: &concord_domain::policy::Scope = $scope;
        let linked = |role: Role, targets: Ids| {
            exists(
                links::table
                    .filter(links::operation_id.eq(entries::operation_id))
                    .filter(links::owner_id.eq(entries::id))
                    .filter(links::role.eq(role.code()))
                    .filter(links::target_id.among(targets)),
            )
        };
        let acts_for = || id_list(scope.organizations.iter().copied());
        let mechanisms = id_list(scope.mechanisms.iter().copied());
        let named = |audience: Audience| entries::audience.eq(audience.code());
        let read = entries::organization_id
            .among(acts_for())
            .or(entries::organization_id.is_null().and(scope.is_desk.into_sql::<Bool>()))
            .or(named(Audience::Operation))
            .or(linked(Role::Partner, acts_for()))
            .or(named(Audience::Organizations).and(linked(Role::AudienceOrganization, acts_for())))
            .or(named(Audience::Mechanisms).and(linked(Role::AudienceMechanism, mechanisms)));
        entries::table
            .filter(entries::operation_id.eq(RowId($operation)))
            .filter(
                scope
                    .is_server
                    .into_sql::<Bool>()
                    .or(scope.reads_entries.into_sql::<Bool>().and(read)),
            )
            .select(entries::id)
    }};
}
pub(crate) use permitted;

/// Which of these entries may be read in a scope.
///
/// # Errors
/// The store's own.
pub fn readable(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let mut found = HashSet::new();
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<RowId> = visible!(operation, scope)
            .filter(t::id.among(id_list(ids.iter().copied())))
            .load(tx)?;
        found.extend(rows.into_iter().map(|id| id.0));
    }
    Ok(found)
}

/// Whose an entry is, who may read it, and what everybody else may learn.
///
/// # Errors
/// The store's own.
pub fn sharing(tx: &mut Tx, operation: Uuid, id: Uuid) -> Result<Option<(Sharing, Disclosure)>> {
    use diesel::OptionalExtension;
    let row: Option<(Option<RowId>, String, String)> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::id.eq(RowId(id)))
        .select((t::organization_id, t::audience, t::disclosure))
        .first(tx)
        .optional()?;
    let Some((organization, audience, disclosure)) = row else { return Ok(None) };
    let mut linked = |role| links::targets(tx, operation, role, &[id]);
    let organizations = |ids: Vec<Uuid>| ids.into_iter().map(OrganizationId).collect();
    let sharing = Sharing {
        organization: organization.map(|id| OrganizationId(id.0)),
        partners: organizations(linked(Role::Partner)?),
        audience: closed(&audience)?,
        organizations: organizations(linked(Role::AudienceOrganization)?),
        mechanisms: linked(Role::AudienceMechanism)?.into_iter().map(MechanismId).collect(),
    };
    Ok(Some((sharing, closed(&disclosure)?)))
}

/// The disclosures and owners of these entries.
///
/// # Errors
/// The store's own.
pub fn disclosures(
    tx: &mut Tx,
    operation: Uuid,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Option<OrganizationId>, Disclosure)>> {
    let mut found = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let rows: Vec<(RowId, Option<RowId>, String)> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::id.among(id_list(ids.iter().copied())))
            .select((t::id, t::organization_id, t::disclosure))
            .load(tx)?;
        for (id, owner, disclosure) in rows {
            found.push((id.0, owner.map(|id| OrganizationId(id.0)), closed(&disclosure)?));
        }
    }
    Ok(found)
}

/// The entries of an organisation that tell everybody else more than that there is a match.
///
/// # Errors
/// The store's own.
pub fn telling(tx: &mut Tx, operation: Uuid, organization: OrganizationId) -> Result<Vec<Uuid>> {
    let more = [Disclosure::Summary.code(), Disclosure::Existence.code()];
    let rows: Vec<RowId> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::organization_id.eq(Some(RowId::from(organization))))
        .filter(t::disclosure.among(text_list(more)))
        .order(t::id)
        .select(t::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// Writes whose an entry is, who may read it, and what everybody else may learn; one that is new is
/// logged today.
///
/// # Errors
/// The store's own.
pub fn save(
    tx: &mut Tx,
    operation: Uuid,
    (id, row): (Uuid, Row),
    (sharing, disclosure): (&Sharing, Disclosure),
    today: Day,
) -> Result<()> {
    let key = (t::operation_id.eq(RowId(operation)), t::id.eq(RowId(id)));
    let values = (
        t::organization_id.eq(sharing.organization.map(RowId::from)),
        t::audience.eq(sharing.audience.code()),
        t::disclosure.eq(disclosure.code()),
    );
    let there = t::table.filter(key.0).filter(key.1);
    if row == Row::New || diesel::update(there).set(values).execute(tx)? == 0 {
        let logged_on = t::logged_on.eq(Some(today));
        diesel::insert_into(t::table).values((key, values, logged_on)).execute(tx)?;
    } else {
        flags::hand_over(tx, operation, id, sharing.organization)?;
    }
    let organizations = |ids: &[OrganizationId]| ids.iter().map(|id| id.0).collect();
    let roles = [
        (Role::Partner, organizations(&sharing.partners)),
        (Role::AudienceOrganization, organizations(&sharing.organizations)),
        (Role::AudienceMechanism, sharing.mechanisms.iter().map(|id| id.0).collect()),
    ];
    links::replace(tx, operation, (id, row), &roles)
}

/// In which way it was changed what others may learn of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Somebody learns more than before.
    Loosened,
    /// Nobody learns more.
    Tightened,
    /// A consent was noted.
    Consented,
    /// A consent was taken back.
    Revoked,
    /// It is kept for longer.
    Kept,
}

impl ChangeKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Loosened => "loosened",
            Self::Tightened => "tightened",
            Self::Consented => "consented",
            Self::Revoked => "revoked",
            Self::Kept => "kept",
        }
    }
}

/// Who changed what others may learn of an entry, when and why.
pub struct SharingChange<'c> {
    /// In which way.
    pub kind: ChangeKind,
    /// When.
    pub at: chrono::NaiveDateTime,
    /// Who.
    pub account: Uuid,
    /// The audience from then on.
    pub audience: Audience,
    /// The disclosure from then on.
    pub disclosure: Disclosure,
    /// Why.
    pub reason: &'c str,
}

/// Keeps a change of what others may learn of an entry.
///
/// # Errors
/// The store's own.
pub fn keep_change(
    tx: &mut Tx,
    operation: Uuid,
    id: Uuid,
    change: &SharingChange<'_>,
) -> Result<()> {
    use schema::sharing_changes as c;
    let number: i64 = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::entry_id.eq(RowId(id)))
        .count()
        .get_result(tx)?;
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    let owner: Option<RowId> = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::id.eq(RowId(id)))
        .select(t::organization_id)
        .first(tx)?;
    let of = TextOf::row("sharing_changes", operation, id, owner.map(|id| id.0)).numbered(number);
    let reason = seal(tx, &of, change.reason)?;
    let row = (
        c::operation_id.eq(RowId(operation)),
        c::entry_id.eq(RowId(id)),
        c::number.eq(number),
        c::kind.eq(change.kind.code()),
        c::changed_at.eq(change.at),
        c::account_id.eq(RowId(change.account)),
        c::audience.eq(change.audience.code()),
        c::disclosure.eq(change.disclosure.code()),
        c::texts.eq(Some(reason)),
    );
    diesel::insert_into(c::table).values(row).execute(tx)?;
    Ok(())
}

/// The code of a closed list that was stored.
pub(crate) fn closed<T: Closed>(code: &str) -> Result<T> {
    T::from_code(code)
        .ok_or_else(|| StoreError::Corrupt(format!("no code of the list `{}`", T::LIST)))
}
