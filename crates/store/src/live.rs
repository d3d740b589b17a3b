//! What may meet a line: the live engagements, the leads, the positions and the commitments that
//! a change can touch, each found by one range of one index.

use std::collections::BTreeSet;

use concord_domain::{
    facts::CONTACT_DAYS_MAX,
    id::{ArmedActorId, CommitmentId, CommonPositionId, EngagementId, LeadId, OrganizationId},
    lineage::Lineage,
    vocabulary::{Closed, CommitmentStatus, EngagementStatus, Level},
    window::{Day, earlier},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::exists,
};
use uuid::Uuid;

use crate::{
    connection::{MultiBackend, Tx, insert_all},
    documents::IDS_MAX,
    error::Result,
    lists::{Among, id_list, text_list},
    schema::{
        armed_actors, commitments, common_positions, engagements, leads, live_lines as t,
        live_ties as ties,
    },
    sql::RowId,
};

/// A live engagement, as it is looked up.
pub struct LiveLine {
    /// Which one.
    pub engagement: EngagementId,
    /// Where its armed actor stands.
    pub actor: Lineage,
    /// The first day of any of its parts.
    pub starts_on: Day,
    /// The last day on which any of its parts still meets another, slack included.
    pub ends_on: Day,
    /// Who leads it.
    pub organization: OrganizationId,
    /// The lowest place that holds all of its places; none for the whole operation.
    pub place: Option<Lineage>,
    /// What makes another line coordinated with it.
    pub ties: BTreeSet<Tie>,
}

/// What makes a line coordinated with a live one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// That it follows the live one, which is this.
    Line(EngagementId),
    /// That this partner of the live one leads it or is its partner.
    Partner(OrganizationId),
    /// That the live one follows it.
    Follows(EngagementId),
    /// That both name this strategy.
    Strategy(String),
}

impl Tie {
    fn text(&self) -> String {
        match self {
            Self::Line(id) => format!("line {}", id.0.simple()),
            Self::Partner(id) => format!("partner {}", id.0.simple()),
            Self::Follows(id) => format!("follows {}", id.0.simple()),
            Self::Strategy(key) => format!("strategy {key}"),
        }
    }
}

/// Puts an engagement among the live ones, or takes it from them.
///
/// # Errors
/// The store's own.
pub fn put(
    tx: &mut Tx,
    operation: Uuid,
    engagement: EngagementId,
    line: Option<&LiveLine>,
) -> Result<()> {
    let there = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .filter(t::engagement_id.eq(RowId::from(engagement)));
    diesel::delete(there).execute(tx)?;
    let there = ties::table
        .filter(ties::operation_id.eq(RowId(operation)))
        .filter(ties::engagement_id.eq(RowId::from(engagement)));
    diesel::delete(there).execute(tx)?;
    if let Some(line) = line {
        let rows = line.ties.iter().map(|tie| {
            (
                ties::operation_id.eq(RowId(operation)),
                ties::organization_id.eq(RowId::from(line.organization)),
                ties::tie.eq(tie.text()),
                ties::engagement_id.eq(RowId::from(engagement)),
            )
        });
        insert_all!(tx, ties::table, rows);
        let row = (
            t::operation_id.eq(RowId(operation)),
            t::actor_lineage.eq(line.actor.as_str()),
            t::ends_on.eq(line.ends_on),
            t::engagement_id.eq(RowId::from(line.engagement)),
            t::starts_on.eq(line.starts_on),
            t::organization_id.eq(RowId::from(line.organization)),
            t::place_lineage.eq(line.place.as_ref().map_or("", Lineage::as_str)),
        );
        diesel::insert_into(t::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Which live engagements may meet a line with this armed actor, in these places, on these days.
///
/// # Errors
/// The store's own.
pub fn neighbours(tx: &mut Tx, operation: Uuid, line: &LiveLine) -> Result<Vec<EngagementId>> {
    let above: Vec<&str> = line.actor.up().collect();
    let (low, high) = line.actor.below();
    let in_line = [true, false].map(|is_above| {
        let query = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::ends_on.ge(line.starts_on))
            .filter(t::starts_on.le(line.ends_on))
            .select(t::engagement_id)
            .into_boxed::<MultiBackend>();
        let query = match is_above {
            true => query.filter(t::actor_lineage.among(text_list(above.iter().copied()))),
            false => query
                .filter(t::actor_lineage.ge(low.clone()))
                .filter(t::actor_lineage.lt(high.clone())),
        };
        let Some(place) = &line.place else { return query };
        // Around it, the whole operation included, or inside it.
        let around: Vec<String> = place.up().map(str::to_owned).chain([String::new()]).collect();
        let (low, high) = place.below();
        query.filter(
            t::place_lineage
                .among(text_list(around))
                .or(t::place_lineage.ge(low).and(t::place_lineage.lt(high))),
        )
    });
    let mut found = Vec::new();
    for query in in_line {
        let rows: Vec<RowId> = query.load(tx)?;
        found.extend(rows.into_iter().map(|id| EngagementId(id.0)));
    }
    Ok(found)
}

/// All live engagements with an armed actor or one below it; with any, if none is given.
///
/// # Errors
/// The store's own.
pub fn under(tx: &mut Tx, operation: Uuid, lineage: Option<&Lineage>) -> Result<Vec<EngagementId>> {
    let mut query = t::table
        .filter(t::operation_id.eq(RowId(operation)))
        .select(t::engagement_id)
        .into_boxed::<MultiBackend>();
    if let Some(lineage) = lineage {
        let (low, high) = lineage.below();
        let own = lineage.as_str().to_owned();
        query = query
            .filter(t::actor_lineage.ge(own.clone()))
            .filter(t::actor_lineage.lt(high.clone()))
            .filter(t::actor_lineage.eq(own).or(t::actor_lineage.ge(low)));
    }
    let rows: Vec<RowId> = query.load(tx)?;
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}

/// The live engagements that these organisations lead.
///
/// # Errors
/// The store's own.
pub fn led_by(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
) -> Result<Vec<EngagementId>> {
    let mut found = Vec::new();
    for organizations in organizations.chunks(IDS_MAX) {
        let rows: Vec<RowId> = t::table
            .filter(t::operation_id.eq(RowId(operation)))
            .filter(t::organization_id.among(id_list(organizations.iter().copied())))
            .select(t::engagement_id)
            .load(tx)?;
        found.extend(rows.into_iter().map(|id| EngagementId(id.0)));
    }
    Ok(found)
}

/// Of the live engagements that these organisations lead those that have one of these ties.
///
/// # Errors
/// The store's own.
pub fn tied(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    tied: &BTreeSet<Tie>,
) -> Result<Vec<EngagementId>> {
    let mut found = Vec::new();
    for organizations in organizations.chunks(IDS_MAX) {
        let rows: Vec<RowId> = ties::table
            .filter(ties::operation_id.eq(RowId(operation)))
            .filter(ties::organization_id.among(id_list(organizations.iter().copied())))
            .filter(ties::tie.among(text_list(tied.iter().map(Tie::text))))
            .select(ties::engagement_id)
            .load(tx)?;
        found.extend(rows.into_iter().map(|id| EngagementId(id.0)));
    }
    Ok(found)
}

/// The engagements, not cancelled, with this very actor at this level whose contacts count on a day,
/// whatever their windows.
///
/// # Errors
/// The store's own.
pub fn visited(
    tx: &mut Tx,
    operation: Uuid,
    (actor, level): (ArmedActorId, Level),
    day: Day,
) -> Result<Vec<EngagementId>> {
    use crate::schema::due;
    // No contact is later than the day on which it was last touched: a short range of an index.
    let since = earlier(day, CONTACT_DAYS_MAX);
    // An engagement whose contacts still count is due on the day when they no longer do.
    let counting = due::table
        .filter(due::operation_id.eq(engagements::operation_id))
        .filter(due::kind.eq(crate::due::Kind::Engagement.code()))
        .filter(due::thing_id.eq(engagements::id));
    let rows: Vec<RowId> = engagements::table
        .filter(engagements::operation_id.eq(RowId(operation)))
        .filter(engagements::armed_actor_id.eq(RowId::from(actor)))
        .filter(engagements::level.eq(level.code()))
        .filter(engagements::touched_on.ge(since))
        .filter(engagements::status.ne(EngagementStatus::Cancelled.code()))
        .filter(exists(counting))
        .select(engagements::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| EngagementId(id.0)).collect())
}

/// The armed actors that are one, or above it, as a query within another.
macro_rules! actors_above {
    ($operation:expr, $lineage:expr) => {
        armed_actors::table
            .filter(armed_actors::operation_id.eq(RowId($operation)))
            .filter(armed_actors::lineage.among(text_list($lineage.up())))
    };
}

/// The ids of the armed actors that are one, above it or below it, as a query within another.
macro_rules! actors_in_line {
    ($operation:expr, $lineage:expr) => {{
        use crate::{
            lists::{Among, text_list},
            schema::armed_actors,
        };
        let lineage: &concord_domain::lineage::Lineage = $lineage;
        let (low, high) = lineage.below();
        let above: Vec<String> = lineage.up().map(str::to_owned).collect();
        // All that is in line lies in the tree of one root: a single range, which the rest narrows.
        let root = lineage.root();
        armed_actors::table
            .filter(armed_actors::operation_id.eq(RowId($operation)))
            .filter(armed_actors::lineage.ge(root.as_str().to_owned()))
            .filter(armed_actors::lineage.lt(root.below().1))
            .filter(
                armed_actors::lineage
                    .among(text_list(above))
                    .or(armed_actors::lineage.ge(low).and(armed_actors::lineage.lt(high))),
            )
            .select(armed_actors::id)
    }};
}
pub(crate) use actors_in_line;

/// The leads, not ended before a day, towards an armed actor or any above it.
///
/// # Errors
/// The store's own.
pub fn leads_above(
    tx: &mut Tx,
    operation: Uuid,
    lineage: &Lineage,
    day: Day,
) -> Result<Vec<LeadId>> {
    let rows: Vec<RowId> = leads::table
        .filter(leads::operation_id.eq(RowId(operation)))
        .filter(
            leads::armed_actor_id
                .eq_any(actors_above!(operation, lineage).select(armed_actors::id)),
        )
        .filter(leads::ends_on.is_null().or(leads::ends_on.ge(day)))
        .select(leads::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| LeadId(id.0)).collect())
}

/// The leads, not ended before a day, of these organisations.
///
/// # Errors
/// The store's own.
pub fn leads_of(
    tx: &mut Tx,
    operation: Uuid,
    organizations: &[OrganizationId],
    day: Day,
) -> Result<Vec<LeadId>> {
    let rows: Vec<RowId> = leads::table
        .filter(leads::operation_id.eq(RowId(operation)))
        .filter(leads::organization_id.among(id_list(organizations.iter().copied())))
        .filter(leads::ends_on.is_null().or(leads::ends_on.ge(day)))
        .select(leads::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| LeadId(id.0)).collect())
}

/// The positions, not ended before a day, towards an armed actor, any above it, or all.
///
/// # Errors
/// The store's own.
pub fn positions_above(
    tx: &mut Tx,
    operation: Uuid,
    lineage: &Lineage,
    day: Day,
) -> Result<Vec<CommonPositionId>> {
    use common_positions as p;
    let towards = actors_above!(operation, lineage).select(armed_actors::id.nullable());
    let rows: Vec<RowId> = p::table
        .filter(p::operation_id.eq(RowId(operation)))
        .filter(p::armed_actor_id.is_null().or(p::armed_actor_id.eq_any(towards)))
        .filter(p::ends_on.is_null().or(p::ends_on.ge(day)))
        .select(p::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| CommonPositionId(id.0)).collect())
}

/// The commitments in force, not ended before a day, whose armed actor is in line.
///
/// # Errors
/// The store's own.
pub fn commitments_in_line(
    tx: &mut Tx,
    operation: Uuid,
    lineage: &Lineage,
    day: Day,
) -> Result<Vec<CommitmentId>> {
    use commitments as c;
    let rows: Vec<RowId> = c::table
        .filter(c::operation_id.eq(RowId(operation)))
        .filter(c::armed_actor_id.eq_any(actors_in_line!(operation, lineage)))
        .filter(c::status.eq(CommitmentStatus::InForce.code()))
        .filter(c::ends_on.is_null().or(c::ends_on.ge(day)))
        .select(c::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| CommitmentId(id.0)).collect())
}

/// The commitments that came from these engagements.
///
/// # Errors
/// The store's own.
pub fn commitments_from(
    tx: &mut Tx,
    operation: Uuid,
    engagements: &[EngagementId],
) -> Result<Vec<CommitmentId>> {
    use commitments as c;
    let mut found = Vec::new();
    for ids in engagements.chunks(IDS_MAX) {
        let rows: Vec<RowId> = c::table
            .filter(c::operation_id.eq(RowId(operation)))
            .filter(c::engagement_id.among(id_list(ids.iter().copied())))
            .select(c::id)
            .load(tx)?;
        found.extend(rows.into_iter().map(|id| CommitmentId(id.0)));
    }
    Ok(found)
}

/// What was agreed with these very actors.
#[derive(Clone, Debug, Default)]
pub struct AgreedWith {
    /// Leads.
    pub leads: Vec<LeadId>,
    /// Common positions.
    pub positions: Vec<CommonPositionId>,
    /// Commitments.
    pub commitments: Vec<CommitmentId>,
}

/// The protection risks that come from this very actor.
///
/// # Errors
/// The store's own.
pub fn risks_from(tx: &mut Tx, operation: Uuid, actor: ArmedActorId) -> Result<Vec<Uuid>> {
    use crate::schema::protection_risks as r;
    let rows: Vec<RowId> = r::table
        .filter(r::operation_id.eq(RowId(operation)))
        .filter(r::armed_actor_id.eq(Some(RowId::from(actor))))
        .select(r::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

/// What was agreed with these very actors.
///
/// # Errors
/// The store's own.
pub fn agreed_with(tx: &mut Tx, operation: Uuid, actors: &[ArmedActorId]) -> Result<AgreedWith> {
    let mut agreed = AgreedWith::default();
    for ids in actors.chunks(IDS_MAX) {
        let ids = id_list(ids.iter().copied());
        let rows: Vec<RowId> = leads::table
            .filter(leads::operation_id.eq(RowId(operation)))
            .filter(leads::armed_actor_id.among(ids.clone()))
            .select(leads::id)
            .load(tx)?;
        agreed.leads.extend(rows.into_iter().map(|id| LeadId(id.0)));
        let rows: Vec<RowId> = common_positions::table
            .filter(common_positions::operation_id.eq(RowId(operation)))
            .filter(common_positions::armed_actor_id.among(ids.clone()))
            .select(common_positions::id)
            .load(tx)?;
        agreed.positions.extend(rows.into_iter().map(|id| CommonPositionId(id.0)));
        let rows: Vec<RowId> = commitments::table
            .filter(commitments::operation_id.eq(RowId(operation)))
            .filter(commitments::armed_actor_id.among(ids))
            .select(commitments::id)
            .load(tx)?;
        agreed.commitments.extend(rows.into_iter().map(|id| CommitmentId(id.0)));
    }
    Ok(agreed)
}
