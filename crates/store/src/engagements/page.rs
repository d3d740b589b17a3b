//! A page of the engagements that are asked for.

use concord_domain::{
    document::Engagement,
    id::{EngagementId, OrganizationId},
    lineage::Lineage,
    policy::Scope,
    vocabulary::{Closed, EngagementStatus, Level},
    window::{Day, parse_day},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, dsl::exists};
use uuid::Uuid;

use super::{EngagementRow, engagement};
use crate::{
    connection::{MultiBackend, Tx},
    entries::visible,
    error::Result,
    links::Role,
    live::actors_in_line,
    schema::{engagements as e, entries, links},
    sql::RowId,
};

/// Where an engagement stands in the list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Its first day.
    pub day: Day,
    /// Its id.
    pub id: EngagementId,
}

impl Position {
    /// Where this one stands.
    #[must_use]
    pub const fn of(engagement: &Engagement) -> Self {
        Self { day: engagement.from, id: engagement.identity.id }
    }

    /// The position that is written so.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let (day, id) = written.split_once(' ')?;
        Some(Self { day: parse_day(day)?, id: EngagementId(Uuid::parse_str(id).ok()?) })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.day, self.id)
    }
}

/// Which engagements are asked for. What is not said limits nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// With an armed actor, or one above or below it.
    pub actor: Option<Lineage>,
    /// With this organisation as the lead or a partner.
    pub organization: Option<OrganizationId>,
    /// At this level.
    pub level: Option<Level>,
    /// In this status.
    pub status: Option<EngagementStatus>,
    /// Not ended before this day.
    pub from: Option<Day>,
    /// Not begun after this day.
    pub until: Option<Day>,
}

/// At most `limit` engagements that may be read in a scope and come after a position, the latest
/// first.
///
/// # Errors
/// The store's own.
pub fn page(
    tx: &mut Tx,
    operation: Uuid,
    scope: &Scope,
    filter: &Filter,
    (after, limit): (Option<Position>, i64),
) -> Result<Vec<Engagement>> {
    let mut query = e::table
        .filter(e::operation_id.eq(RowId(operation)))
        .filter(exists(visible!(operation, scope).filter(entries::id.eq(e::id))))
        .order((e::starts_on.desc(), e::id))
        .limit(limit)
        .select((e::id, e::organization_id, e::document, e::texts))
        .into_boxed::<MultiBackend>();
    if let Some(Position { day, id }) = after {
        let later_id = e::starts_on.eq(day).and(e::id.gt(RowId::from(id)));
        // The first says nothing more, and is a range of the index.
        query = query.filter(e::starts_on.le(day)).filter(e::starts_on.lt(day).or(later_id));
    }
    if let Some(lineage) = &filter.actor {
        query = query.filter(e::armed_actor_id.eq_any(actors_in_line!(operation, lineage)));
    }
    if let Some(organization) = filter.organization {
        let partner = links::table
            .filter(links::operation_id.eq(e::operation_id))
            .filter(links::owner_id.eq(e::id))
            .filter(links::role.eq(Role::Partner.code()))
            .filter(links::target_id.eq(RowId::from(organization)));
        let leads = e::organization_id.eq(RowId::from(organization));
        query = query.filter(leads.or(exists(partner)));
    }
    if let Some(level) = filter.level {
        query = query.filter(e::level.eq(level.code()));
    }
    if let Some(status) = filter.status {
        query = query.filter(e::status.eq(status.code()));
    }
    if let Some(from) = filter.from {
        query = query.filter(e::ends_on.is_null().or(e::ends_on.ge(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(e::starts_on.le(until));
    }
    let rows: Vec<EngagementRow> = query.load(tx)?;
    rows.into_iter().map(|row| engagement(tx, operation, row)).collect()
}
