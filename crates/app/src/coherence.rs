//! Flags, complete and immediate: what a change touches is gathered, the rules evaluate it, and
//! what is kept of each flag is brought to what they found, all within the change itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use concord_domain::{
    document::{Commitment, CommonPosition, Engagement, Lead, ids},
    evaluate::{Focus, evaluate},
    facts::{self, Agreements, CONTACT_DAYS_MAX, Context, Facts},
    flag::{Flag, Subject, reconcile},
    id::{
        ArmedActorId, AskId, CommitmentId, CommonPositionId, DemandId, EngagementId, LeadId,
        OrganizationId, PlaceId,
    },
    lineage::Lineage,
    vocabulary::{EngagementStatus, FlagKind, FlagState, Severity},
    window::{Day, Window, later},
};
use concord_store::{
    Tx,
    documents::{common_positions, leads},
    due::{self, Kind},
    engagements, flags,
    flags::{KeptFlag, Step},
    live::{self, LiveLine},
    operations::{self, KeptOperation},
    trees,
};
use uuid::Uuid;

use crate::{
    App,
    access::Access,
    error::Result,
    resources::{Resource, Touched},
};

/// Which subjects changed in a field that rules read, so that what was settled is open again.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// Engagements in what stands above their parts.
    headers: HashSet<EngagementId>,
    /// Engagements in their asks or demands.
    parts_of: HashSet<EngagementId>,
    /// Engagements in whom they visited, at what level, when.
    visits: HashSet<EngagementId>,
    asks: HashSet<AskId>,
    demands: HashSet<DemandId>,
    /// Leads, positions and commitments.
    agreements: HashSet<Uuid>,
}

impl Changed {
    /// Notes what differs between an engagement as it was and as it is.
    pub fn add_engagement(&mut self, before: &facts::Engagement, after: &facts::Engagement) {
        let header = |engagement: &facts::Engagement| facts::Engagement {
            asks: Vec::new(),
            demands: Vec::new(),
            contacts: Vec::new(),
            ..engagement.clone()
        };
        let who = |e: &facts::Engagement| (e.organization, e.actor.id, e.level);
        if header(before) != header(after) {
            self.headers.insert(after.id);
        }
        if before.contacts != after.contacts || who(before) != who(after) {
            self.visits.insert(after.id);
        }
        if before.asks != after.asks || before.demands != after.demands {
            self.parts_of.insert(after.id);
        }
        let asks = after.asks.iter().filter(|ask| !before.asks.contains(ask));
        self.asks.extend(asks.map(|ask| ask.id));
        let demands = after.demands.iter().filter(|demand| !before.demands.contains(demand));
        self.demands.extend(demands.map(|demand| demand.id));
    }

    /// Notes that a lead, a position or a commitment changed.
    pub fn add_agreement(&mut self, id: Uuid) {
        self.agreements.insert(id);
    }

    /// Adds all that another notes.
    pub fn extend(&mut self, other: Self) {
        self.headers.extend(other.headers);
        self.parts_of.extend(other.parts_of);
        self.visits.extend(other.visits);
        self.asks.extend(other.asks);
        self.demands.extend(other.demands);
        self.agreements.extend(other.agreements);
    }

    fn touches(&self, kind: FlagKind, subject: Subject) -> bool {
        match subject {
            Subject::Ask(id, of) => self.asks.contains(&id) || self.headers.contains(&of),
            Subject::Demand(id, of) => self.demands.contains(&id) || self.headers.contains(&of),
            Subject::Engagement(id) => match kind {
                FlagKind::Saturation => self.visits.contains(&id),
                FlagKind::RiskTransfer => self.headers.contains(&id),
                _ => self.headers.contains(&id) || self.parts_of.contains(&id),
            },
            Subject::Lead(LeadId(id))
            | Subject::CommonPosition(CommonPositionId(id))
            | Subject::Commitment(CommitmentId(id)) => self.agreements.contains(&id),
            Subject::Actor(_) | Subject::Level(_) => false,
        }
    }
}

/// Finds anew all flags that a change touches, and keeps what became of each. The flags that hold
/// are returned, those that only say what goes well included.
///
/// # Errors
/// The store's own.
pub fn settle(
    app: &App,
    tx: &mut Tx,
    operation: Uuid,
    mut focus: Focus,
    changed: &Changed,
) -> Result<Vec<Flag>> {
    let mut facts = gather(tx, operation, &mut focus)?;
    let found = evaluate(&facts, &focus);
    let mut kept: BTreeMap<String, KeptFlag> = flags::touched(tx, operation, &focus)?
        .into_iter()
        .filter(|flag| {
            let between: BTreeSet<Subject> = flag.between.iter().copied().collect();
            focus.touches(&between, |_| None, |_| None)
        })
        .map(|flag| (flag.identity.clone(), flag))
        .collect();
    add_origins(tx, operation, kept.values(), &mut facts)?;
    for flag in found.iter().filter(|flag| flag.severity != Severity::Info) {
        let kept = kept.remove(flag.identity().as_str());
        keep(app, tx, (operation, &facts), (kept, Some(flag)), changed)?;
    }
    for (_, flag) in kept {
        keep(app, tx, (operation, &facts), (Some(flag), None), changed)?;
    }
    Ok(found)
}

/// Adds the commitments that flags are between and that nothing gathered, since what they met is
/// over: whose entries they are is still to be known.
fn add_origins<'f>(
    tx: &mut Tx,
    operation: Uuid,
    flags: impl Iterator<Item = &'f KeptFlag>,
    facts: &mut Facts,
) -> Result<()> {
    let commitment = |subject: &Subject| match subject {
        Subject::Commitment(id) if !facts.commitments.contains_key(id) => Some(*id),
        _ => None,
    };
    let missing: BTreeSet<CommitmentId> =
        flags.flat_map(|flag| flag.between.iter().filter_map(commitment)).collect();
    let missing: Vec<CommitmentId> = missing.into_iter().collect();
    let server = concord_domain::policy::Scope::server();
    let found = engagements::load_commitments(tx, operation, &server, &missing)?;
    let agreements = Agreements { commitments: &found, ..Agreements::default() };
    facts.add(&Context::default(), &[], agreements);
    Ok(())
}

/// Keeps what became of one flag.
fn keep(
    app: &App,
    tx: &mut Tx,
    (operation, facts): (Uuid, &Facts),
    (kept, found): (Option<KeptFlag>, Option<&Flag>),
    changed: &Changed,
) -> Result<()> {
    let is_new = kept.is_none();
    let before = kept.as_ref().map(|flag| flag.standing);
    let has_changed = kept
        .iter()
        .flat_map(|flag| flag.between.iter().map(|subject| (flag.kind, *subject)))
        .any(|(kind, subject)| changed.touches(kind, subject));
    let found_severity = found.map(|flag| flag.severity);
    let Some((standing, cause)) = reconcile(before, found_severity, has_changed) else {
        return Ok(());
    };
    let mut flag = match (kept, found) {
        (Some(kept), _) => kept,
        (None, Some(found)) => KeptFlag {
            id: app.ids.id(),
            identity: found.identity().as_str().to_owned(),
            kind: found.kind,
            class: found.class,
            standing,
            resolution: None,
            raised_at: app.now(),
            between: Vec::new(),
        },
        (None, None) => return Ok(()),
    };
    let between: Option<Vec<Subject>> = found.map(|found| found.between.iter().copied().collect());
    let same_subjects = between.as_ref().is_none_or(|new| {
        let there: BTreeSet<&Subject> = flag.between.iter().collect();
        there == new.iter().collect()
    });
    // What has changed may rest on another entry than before.
    if !is_new && same_subjects && !has_changed && before == Some(standing) {
        return Ok(());
    }
    if let Some(cause) = cause {
        let step = Step {
            at: app.now(),
            account: None,
            from: before.map(|standing| standing.state),
            to: standing.state,
            resolution: None,
            cause: Some(cause),
            note: None,
        };
        write_flag(tx, operation, (&mut flag, standing, between), facts, is_new)?;
        flags::keep_step(tx, operation, flag.id, &step)?;
    } else {
        write_flag(tx, operation, (&mut flag, standing, between), facts, is_new)?;
    }
    Ok(())
}

fn write_flag(
    tx: &mut Tx,
    operation: Uuid,
    (flag, standing, between): (
        &mut KeptFlag,
        concord_domain::flag::Standing,
        Option<Vec<Subject>>,
    ),
    facts: &Facts,
    is_new: bool,
) -> Result<()> {
    flag.standing = standing;
    if standing.state != FlagState::Resolved {
        flag.resolution = None;
    }
    if let Some(between) = between {
        flag.between = between;
    }
    let entries = entries_of(flag.between.iter().copied(), facts);
    Ok(flags::save(tx, operation, flag, &entries, is_new)?)
}

/// The entries that a flag between these rests on.
#[must_use]
pub fn entries_of(between: impl IntoIterator<Item = Subject>, facts: &Facts) -> Vec<Uuid> {
    let entry = |subject: Subject| match subject {
        Subject::Commitment(id) => {
            let origin = facts.commitments.get(&id).and_then(|commitment| commitment.engagement);
            Some(origin.map_or(id.0, |engagement| engagement.0))
        }
        other => other.engagement().map(Uuid::from),
    };
    let entries: BTreeSet<Uuid> = between.into_iter().filter_map(entry).collect();
    entries.into_iter().collect()
}

/// All facts that the flags in focus can rest on. The focus comes to name the leads and the
/// commitments that it meant by their organisations and engagements.
///
/// # Errors
/// The store's own.
pub fn gather(tx: &mut Tx, operation: Uuid, focus: &mut Focus) -> Result<Facts> {
    let mut gathering = Gathering::begin(tx, operation)?;
    if focus.everything {
        gathering.everything(tx)?;
    } else {
        let organizations: Vec<OrganizationId> = focus.leads_of.iter().copied().collect();
        let day = gathering.day;
        focus.leads.extend(live::leads_of(tx, operation, &organizations, day)?);
        let changed: Vec<EngagementId> = focus.engagements.iter().copied().collect();
        focus.commitments.extend(live::commitments_from(tx, operation, &changed)?);
        gathering.around_engagements(tx, &changed)?;
        gathering.around_agreements(tx, focus)?;
        for visit in &focus.visits {
            gathering.engagements.extend(live::visited(tx, operation, *visit)?);
        }
    }
    gathering.finish(tx)
}

/// All facts that the flags of an engagement can rest on which is not logged.
///
/// # Errors
/// The store's own.
pub fn gather_around(tx: &mut Tx, operation: Uuid, engagement: &Engagement) -> Result<Facts> {
    let mut gathering = Gathering::begin(tx, operation)?;
    let documents = std::slice::from_ref(engagement);
    let context = context(tx, operation, documents, Agreements::default())?;
    let mut intended = gathering.blank();
    intended.add(&context, documents, Agreements::default());
    gathering.around(tx, &intended)?;
    let mut facts = gathering.finish(tx)?;
    facts.engagements.append(&mut intended.engagements);
    Ok(facts)
}

/// Facts for flags that are known: their own subjects and what those rest on, and nothing that
/// they could meet besides.
///
/// # Errors
/// The store's own.
pub fn gather_subjects(
    tx: &mut Tx,
    operation: Uuid,
    subjects: impl IntoIterator<Item = Subject>,
) -> Result<Facts> {
    let mut gathering = Gathering::begin(tx, operation)?;
    for subject in subjects {
        gathering.engagements.extend(subject.engagement());
        match subject {
            Subject::Lead(id) => drop(gathering.leads.insert(id)),
            Subject::CommonPosition(id) => drop(gathering.positions.insert(id)),
            Subject::Commitment(id) => drop(gathering.commitments.insert(id)),
            _ => {}
        }
    }
    gathering.finish(tx)
}

/// Ids of what is needed, until it is loaded.
struct Gathering {
    operation: Uuid,
    day: Day,
    slack_days: u32,
    engagements: BTreeSet<EngagementId>,
    leads: BTreeSet<LeadId>,
    positions: BTreeSet<CommonPositionId>,
    commitments: BTreeSet<CommitmentId>,
}

impl Gathering {
    fn begin(tx: &mut Tx, operation: Uuid) -> Result<Self> {
        let kept = operations::load(tx, Some(&[operation]))?.pop();
        let kept = kept.ok_or(crate::Error::NotFound)?;
        Ok(Self {
            operation,
            day: kept.evaluated_on,
            slack_days: kept.operation.slack_days.0,
            engagements: BTreeSet::new(),
            leads: BTreeSet::new(),
            positions: BTreeSet::new(),
            commitments: BTreeSet::new(),
        })
    }

    fn everything(&mut self, tx: &mut Tx) -> Result<()> {
        let operation = self.operation;
        self.engagements.extend(live::under(tx, operation, None)?);
        let due = due::by(tx, operation, Kind::Engagement, LAST_DAY)?;
        self.engagements.extend(due.into_iter().map(EngagementId));
        let mut after: Option<String> = None;
        loop {
            let page = leads::page(tx, operation, after.as_deref(), 500)?;
            let Some(last) = page.last() else { break };
            after = Some(last.identity.key.as_str().to_owned());
            self.leads.extend(page.iter().map(|lead| lead.identity.id));
        }
        after = None;
        loop {
            let page = common_positions::page(tx, operation, after.as_deref(), 500)?;
            let Some(last) = page.last() else { break };
            after = Some(last.identity.key.as_str().to_owned());
            self.positions.extend(page.iter().map(|position| position.identity.id));
        }
        let server = concord_domain::policy::Scope::server();
        self.commitments
            .extend(engagements::commitments_with_actors(tx, operation, &server, None)?);
        Ok(())
    }

    /// What engagements can meet.
    fn around_engagements(&mut self, tx: &mut Tx, changed: &[EngagementId]) -> Result<()> {
        self.engagements.extend(changed);
        let facts = self.load_engagements(tx, changed)?;
        self.around(tx, &facts)
    }

    fn around(&mut self, tx: &mut Tx, facts: &Facts) -> Result<()> {
        let mut lineages: BTreeSet<&Lineage> = BTreeSet::new();
        for engagement in facts.engagements.values() {
            if facts.is_live(engagement) {
                let line = live_line(engagement, facts);
                self.engagements.extend(live::neighbours(tx, self.operation, &line)?);
                lineages.insert(&engagement.actor.lineage);
            }
        }
        for lineage in lineages {
            self.leads.extend(live::leads_above(tx, self.operation, lineage, self.day)?);
            self.positions.extend(live::positions_above(tx, self.operation, lineage, self.day)?);
            self.commitments.extend(live::commitments_in_line(
                tx,
                self.operation,
                lineage,
                self.day,
            )?);
        }
        Ok(())
    }

    /// What leads, positions and commitments can meet.
    fn around_agreements(&mut self, tx: &mut Tx, focus: &Focus) -> Result<()> {
        let operation = self.operation;
        self.leads.extend(&focus.leads);
        self.positions.extend(&focus.positions);
        self.commitments.extend(&focus.commitments);
        let leads: Vec<LeadId> = focus.leads.iter().copied().collect();
        let positions: Vec<CommonPositionId> = focus.positions.iter().copied().collect();
        let commitments: Vec<CommitmentId> = focus.commitments.iter().copied().collect();
        let facts = self.load_agreements(tx, &leads, &positions, &commitments)?;
        for lead in facts.leads.values() {
            self.engagements.extend(live::under(tx, operation, Some(&lead.actor.lineage))?);
        }
        for position in facts.positions.values() {
            let towards = position.actor.as_ref().map(|actor| &actor.lineage);
            self.engagements.extend(live::under(tx, operation, towards)?);
        }
        for commitment in facts.commitments.values().filter(|c| facts.is_in_force(c)) {
            let lineage = &commitment.actor.lineage;
            let line = line_of_commitment(commitment);
            self.engagements.extend(live::neighbours(tx, operation, &line)?);
            self.commitments.extend(live::commitments_in_line(tx, operation, lineage, self.day)?);
        }
        Ok(())
    }

    fn blank(&self) -> Facts {
        Facts { slack_days: self.slack_days, as_of: Some(self.day), ..Facts::default() }
    }

    fn load_engagements(&self, tx: &mut Tx, ids: &[EngagementId]) -> Result<Facts> {
        let documents = engagements::load_for_rules(tx, self.operation, ids)?;
        let context = context(tx, self.operation, &documents, Agreements::default())?;
        let mut facts = self.blank();
        facts.add(&context, &documents, Agreements::default());
        Ok(facts)
    }

    fn load_agreements(
        &self,
        tx: &mut Tx,
        lead_ids: &[LeadId],
        position_ids: &[CommonPositionId],
        commitment_ids: &[CommitmentId],
    ) -> Result<Facts> {
        let documents = self.agreements(tx, lead_ids, position_ids, commitment_ids)?;
        let agreements = documents.borrowed();
        let context = context(tx, self.operation, &[], agreements)?;
        let mut facts = self.blank();
        facts.add(&context, &[], agreements);
        Ok(facts)
    }

    fn agreements(
        &self,
        tx: &mut Tx,
        lead_ids: &[LeadId],
        position_ids: &[CommonPositionId],
        commitment_ids: &[CommitmentId],
    ) -> Result<Documents> {
        let operation = self.operation;
        let uuids = |ids: &mut dyn Iterator<Item = Uuid>| ids.collect::<Vec<Uuid>>();
        let server = concord_domain::policy::Scope::server();
        Ok(Documents {
            leads: leads::load(tx, operation, &uuids(&mut lead_ids.iter().map(|id| id.0)))?,
            positions: common_positions::load(
                tx,
                operation,
                &uuids(&mut position_ids.iter().map(|id| id.0)),
            )?,
            commitments: engagements::load_commitments(tx, operation, &server, commitment_ids)?,
        })
    }

    /// Loads what is needed, with the lines of leads and the engagements that commitments came
    /// from, which decide whether others are coordinated with them.
    fn finish(mut self, tx: &mut Tx) -> Result<Facts> {
        let leads: Vec<LeadId> = self.leads.iter().copied().collect();
        let positions: Vec<CommonPositionId> = self.positions.iter().copied().collect();
        let commitments: Vec<CommitmentId> = self.commitments.iter().copied().collect();
        let documents = self.agreements(tx, &leads, &positions, &commitments)?;
        let organizations: BTreeSet<OrganizationId> =
            documents.leads.iter().map(|lead| lead.organization.0).collect();
        let organizations: Vec<OrganizationId> = organizations.into_iter().collect();
        self.engagements.extend(live::led_by(tx, self.operation, &organizations)?);
        self.engagements.extend(
            documents.commitments.iter().filter_map(|c| c.engagement.map(|origin| origin.0)),
        );
        let ids: Vec<EngagementId> = self.engagements.iter().copied().collect();
        let engagements = engagements::load_for_rules(tx, self.operation, &ids)?;
        let agreements = documents.borrowed();
        let context = context(tx, self.operation, &engagements, agreements)?;
        let mut facts = self.blank();
        facts.add(&context, &engagements, agreements);
        Ok(facts)
    }
}

#[derive(Default)]
struct Documents {
    leads: Vec<Lead>,
    positions: Vec<CommonPosition>,
    commitments: Vec<Commitment>,
}

impl Documents {
    fn borrowed(&self) -> Agreements<'_> {
        Agreements {
            leads: &self.leads,
            positions: &self.positions,
            commitments: &self.commitments,
        }
    }
}

/// What turns these documents into facts.
///
/// # Errors
/// The store's own.
pub fn context(
    tx: &mut Tx,
    operation: Uuid,
    engagements: &[Engagement],
    agreements: Agreements<'_>,
) -> Result<Context> {
    let mut actors: BTreeSet<ArmedActorId> = BTreeSet::new();
    let mut places: BTreeSet<PlaceId> = BTreeSet::new();
    let mut organizations: BTreeSet<OrganizationId> = BTreeSet::new();
    for engagement in engagements {
        actors.insert(engagement.armed_actor.0);
        organizations.insert(engagement.organization.0);
        places.extend(ids(&engagement.places));
        places.extend(engagement.asks.iter().flat_map(|ask| ids(&ask.places)));
        places.extend(engagement.demands.iter().flat_map(|demand| ids(&demand.places)));
    }
    for lead in agreements.leads {
        actors.insert(lead.armed_actor.0);
        places.extend(ids(&lead.places));
    }
    for position in agreements.positions {
        actors.extend(position.armed_actor.map(|to| to.0));
        places.extend(ids(&position.places));
    }
    for commitment in agreements.commitments {
        actors.insert(commitment.armed_actor.0);
        places.extend(ids(&commitment.places));
    }
    let actors: Vec<_> = actors.into_iter().collect();
    let places: Vec<_> = places.into_iter().collect();
    let organizations: Vec<_> = organizations.into_iter().collect();
    Ok(trees::context(tx, operation, &actors, &places, &organizations)?)
}

/// The lowest place that holds all of these; none for the whole operation.
fn hull_of_places<'l>(lineages: impl IntoIterator<Item = &'l Lineage>) -> Option<Lineage> {
    lineages
        .into_iter()
        .map(|lineage| lineage.as_str().split('.').collect::<Vec<_>>())
        .reduce(|a, b| {
            let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
            a.into_iter().take(shared).collect()
        })
        .map(|parts| parts.join("."))
        .filter(|path| !path.is_empty())
        .map(Lineage::new)
}

/// How an engagement is looked up by those that may meet it.
fn live_line(engagement: &facts::Engagement, facts: &Facts) -> LiveLine {
    let hull = engagement.hull();
    let parts = engagement.asks.iter().map(|ask| &ask.places);
    let parts = parts.chain(engagement.demands.iter().map(|demand| &demand.places));
    let all: Vec<&facts::Places> = parts.chain([&engagement.places]).collect();
    let whole = all.iter().any(|places| places.0.is_empty());
    let lineages = all.iter().flat_map(|places| places.0.iter().map(|(_, lineage)| lineage));
    LiveLine {
        engagement: engagement.id,
        actor: engagement.actor.lineage.clone(),
        starts_on: hull.from.unwrap_or(FIRST_DAY),
        ends_on: hull.until.map_or(LAST_DAY, |day| later(day, facts.slack_days)).min(LAST_DAY),
        organization: engagement.organization,
        strategy: engagement.strategy.clone(),
        place: if whole { None } else { hull_of_places(lineages) },
    }
}

/// How a commitment looks up the lines that it may cover.
fn line_of_commitment(commitment: &facts::Commitment) -> LiveLine {
    LiveLine {
        engagement: EngagementId(Uuid::nil()),
        actor: commitment.actor.lineage.clone(),
        starts_on: commitment.window.from.unwrap_or(FIRST_DAY),
        ends_on: commitment.window.until.unwrap_or(LAST_DAY),
        organization: OrganizationId(Uuid::nil()),
        strategy: None,
        place: hull_of_places(commitment.places.0.iter().map(|(_, lineage)| lineage)),
    }
}

/// The first and the last day that a window without a beginning or an end is kept as.
const FIRST_DAY: Day = match Day::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => Day::MIN,
};
const LAST_DAY: Day = match Day::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => Day::MAX,
};

/// Brings the index of live lines and the calendar to what an engagement is as of the day.
///
/// # Errors
/// The store's own.
pub fn index_engagement(
    tx: &mut Tx,
    operation: Uuid,
    engagement: &facts::Engagement,
    consent_until: Option<Day>,
    facts: &Facts,
) -> Result<()> {
    let is_live = facts.is_live(engagement);
    let line = is_live.then(|| live_line(engagement, facts));
    live::put(tx, operation, engagement.id, line.as_ref())?;
    let parts = engagement.asks.iter().map(|ask| ask.window);
    let windows = parts.chain(engagement.demands.iter().map(|demand| demand.window));
    let over = windows
        .chain([engagement.window])
        .filter_map(|window| window.until)
        .map(|until| later(until, facts.slack_days.saturating_add(1)));
    let consent = consent_until.map(|until| later(until, 1));
    let aged = engagement.contacts.iter().map(|on| later(*on, CONTACT_DAYS_MAX + 1));
    let cancelled = engagement.status == EngagementStatus::Cancelled;
    let day = facts.as_of.unwrap_or(FIRST_DAY);
    let due_on = over
        .filter(|_| is_live)
        .chain(consent)
        .chain(aged.filter(|_| !cancelled))
        .filter(|due_on| *due_on > day)
        .min()
        .map(|due_on| due_on.min(LAST_DAY));
    Ok(due::put(tx, operation, (Kind::Engagement, engagement.id.0), due_on)?)
}

/// Notes when a lead, a position or a commitment is over.
///
/// # Errors
/// The store's own.
pub fn index_agreement(
    tx: &mut Tx,
    operation: Uuid,
    thing: (Kind, Uuid),
    window: Window,
    day: Day,
) -> Result<()> {
    let over = window.until.map(|until| later(until, 1)).filter(|over| *over > day);
    Ok(due::put(tx, operation, thing, over.map(|over| over.min(LAST_DAY)))?)
}

/// Brings the index of live lines and the calendar to what these engagements are now.
///
/// # Errors
/// The store's own.
pub fn reindex(tx: &mut Tx, operation: Uuid, ids: &[EngagementId]) -> Result<Facts> {
    let gathering = Gathering::begin(tx, operation)?;
    let documents = engagements::load_for_rules(tx, operation, ids)?;
    let facts = gathering.load_engagements(tx, ids)?;
    let consents: HashMap<EngagementId, Option<Day>> = documents
        .iter()
        .map(|e| (e.identity.id, e.consent.as_ref().map(|consent| consent.until)))
        .collect();
    for engagement in facts.engagements.values() {
        let consent = consents.get(&engagement.id).copied().flatten();
        index_engagement(tx, operation, engagement, consent, &facts)?;
    }
    Ok(facts)
}

/// Brings an operation up to today: a day that passes is a change like any other.
///
/// # Errors
/// The store's own.
pub fn pass_days(app: &App, tx: &mut Tx, operation: Uuid) -> Result<()> {
    let kept = operations::load(tx, Some(&[operation]))?.pop();
    let today = app.today();
    let Some(mut kept) = kept.filter(|kept| kept.evaluated_on < today) else { return Ok(()) };
    kept.evaluated_on = today;
    operations::update(tx, &kept)?;

    let due = |tx: &mut Tx, kind| due::by(tx, operation, kind, today);
    let engagements: Vec<EngagementId> =
        due(tx, Kind::Engagement)?.into_iter().map(EngagementId).collect();
    let mut focus = Focus {
        leads: due(tx, Kind::Lead)?.into_iter().map(LeadId).collect(),
        positions: due(tx, Kind::CommonPosition)?.into_iter().map(CommonPositionId).collect(),
        commitments: due(tx, Kind::Commitment)?.into_iter().map(CommitmentId).collect(),
        ..Focus::default()
    };
    end_consents(tx, kept, &engagements)?;
    for engagement in reindex(tx, operation, &engagements)?.engagements.values() {
        focus.add_engagement(engagement);
    }
    for (kind, ids) in [
        (Kind::Lead, focus.leads.iter().map(|id| id.0).collect::<Vec<_>>()),
        (Kind::CommonPosition, focus.positions.iter().map(|id| id.0).collect()),
        (Kind::Commitment, focus.commitments.iter().map(|id| id.0).collect()),
    ] {
        for id in ids {
            due::put(tx, operation, (kind, id), None)?;
        }
    }
    settle(app, tx, operation, focus, &Changed::default())?;
    Ok(())
}

/// Where a consent has ended, discloses no more than is disclosed without one.
fn end_consents(tx: &mut Tx, kept: KeptOperation, ids: &[EngagementId]) -> Result<()> {
    let server = Access::of_server(kept);
    for before in engagements::load(tx, server.id(), &server.scope, ids)? {
        let after = before.clone().completed(tx, &server)?;
        if after != before {
            after.save(tx, &server, Some(&before), &mut Touched::default())?;
        }
    }
    Ok(())
}

/// For each operation the flags that are not as evaluating everything afresh would find them: held
/// and not found, found and not held, or of another severity.
///
/// # Errors
/// The store's own.
pub fn verify(app: &App) -> Result<Vec<(String, Vec<String>)>> {
    app.store.read(|tx| {
        let mut verified = Vec::new();
        for kept in operations::load(tx, None)? {
            let mut focus = Focus::everything();
            let facts = gather(tx, kept.id, &mut focus)?;
            let afresh: BTreeMap<String, Severity> = evaluate(&facts, &focus)
                .into_iter()
                .filter(|flag| flag.severity != Severity::Info)
                .map(|flag| (flag.identity().as_str().to_owned(), flag.severity))
                .collect();
            let held: BTreeMap<String, Severity> = flags::touched(tx, kept.id, &focus)?
                .into_iter()
                .filter(|flag| flag.standing.holds)
                .map(|flag| (flag.identity, flag.standing.severity))
                .collect();
            let differing = afresh
                .iter()
                .filter(|(identity, severity)| held.get(*identity) != Some(severity))
                .map(|(identity, _)| identity)
                .chain(held.keys().filter(|identity| !afresh.contains_key(*identity)))
                .cloned()
                .collect();
            verified.push((kept.operation.key.as_str().to_owned(), differing));
        }
        Ok(verified)
    })
}
