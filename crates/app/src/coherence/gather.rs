//! The facts that flags rest on, found by what the indexes say can meet and loaded once each.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

use concord_domain::{
    document::{Commitment, CommonPosition, Engagement, Lead, ids},
    evaluate::Focus,
    facts::{self, Agreements, Context, Facts},
    flag::Subject,
    id::{
        ArmedActorId, CommitmentId, CommonPositionId, EngagementId, LeadId, OrganizationId, PlaceId,
    },
    lineage::Lineage,
    policy::Scope,
    window::Day,
};
use concord_store::{
    Tx,
    documents::{common_positions, leads},
    due::{self, Kind},
    engagements,
    live::{self, Tie},
    operations, trees,
};
use uuid::Uuid;

use super::{
    NO_ENGAGEMENTS,
    index::{LAST_DAY, line_of_commitment, live_line, ties_to},
};
use crate::error::Result;

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
        gathering.lines_of_leads = LinesOfLeads::Tied;
        let organizations: Vec<OrganizationId> = focus.leads_of.iter().copied().collect();
        let day = gathering.day;
        focus.leads.extend(live::leads_of(tx, operation, &organizations, day)?);
        let changed: Vec<EngagementId> = focus.engagements.iter().copied().collect();
        focus.commitments.extend(live::commitments_from(tx, operation, &changed)?);
        gathering.around_engagements(tx, &changed)?;
        gathering.around_agreements(tx, focus)?;
        for visit in &focus.visits {
            gathering.engagements.extend(live::visited(tx, operation, *visit, day)?);
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
    gathering.lines_of_leads = LinesOfLeads::Tied;
    let mut intended = gathering.facts_of(tx, std::slice::from_ref(engagement))?;
    gathering.around(tx, &intended)?;
    if !engagement.contacts.is_empty() {
        let visit = (engagement.armed_actor.0, engagement.level.0);
        gathering.engagements.extend(live::visited(tx, operation, visit, gathering.day)?);
    }
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

/// For how many lines with armed actors of one tree it is asked what each may meet. For more, all
/// that is live in the tree is taken: it holds all that they may meet.
const LINES_ALONE_MAX: usize = 4;

/// Ids of what is needed, until it is loaded.
pub(super) struct Gathering {
    operation: Uuid,
    day: Day,
    slack_days: u32,
    engagements: BTreeSet<EngagementId>,
    leads: BTreeSet<LeadId>,
    positions: BTreeSet<CommonPositionId>,
    commitments: BTreeSet<CommitmentId>,
    lines_of_leads: LinesOfLeads,
    /// The leads whose own lines are needed in any case.
    leads_in_focus: BTreeSet<LeadId>,
    /// What ties lines to the engagements around which is gathered.
    tied: BTreeSet<Tie>,
}

/// Which lines of an organisation that leads are needed: they decide whether another passes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinesOfLeads {
    /// All, since any line may be asked about.
    All,
    /// Those that are tied to the engagements around which is gathered, and all of leads in focus.
    Tied,
}

impl Gathering {
    pub(super) fn begin(tx: &mut Tx, operation: Uuid) -> Result<Self> {
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
            lines_of_leads: LinesOfLeads::All,
            leads_in_focus: BTreeSet::new(),
            tied: BTreeSet::new(),
        })
    }

    fn everything(&mut self, tx: &mut Tx) -> Result<()> {
        let operation = self.operation;
        self.engagements.extend(live::under(tx, operation, None)?);
        let due = due::by(tx, operation, Kind::Engagement, LAST_DAY)?;
        self.engagements.extend(due.into_iter().map(EngagementId));
        self.leads.extend(leads::ids(tx, operation)?.into_iter().map(LeadId));
        let positions = common_positions::ids(tx, operation)?;
        self.positions.extend(positions.into_iter().map(CommonPositionId));
        let server = Scope::server();
        self.commitments
            .extend(engagements::commitments_with_actors(tx, operation, &server, None, None)?);
        Ok(())
    }

    /// What engagements can meet.
    fn around_engagements(&mut self, tx: &mut Tx, changed: &[EngagementId]) -> Result<()> {
        self.engagements.extend(changed);
        let facts = self.load_engagements(tx, changed)?;
        self.around(tx, &facts)
    }

    fn around(&mut self, tx: &mut Tx, facts: &Facts) -> Result<()> {
        let live: Vec<_> = facts.engagements.values().filter(|each| facts.is_live(each)).collect();
        self.tied.extend(live.iter().flat_map(|each| ties_to(each)));
        let lineages: BTreeSet<&Lineage> = live.iter().map(|each| &each.actor.lineage).collect();
        let mut of_root: BTreeMap<Lineage, Vec<&facts::Engagement>> = BTreeMap::new();
        for engagement in live {
            of_root.entry(engagement.actor.lineage.root()).or_default().push(engagement);
        }
        for (root, lines) in of_root {
            if lines.len() > LINES_ALONE_MAX {
                self.engagements.extend(live::under(tx, self.operation, Some(&root))?);
                continue;
            }
            for line in lines {
                let line = live_line(line, facts);
                self.engagements.extend(live::neighbours(tx, self.operation, &line)?);
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
        self.leads_in_focus.extend(&focus.leads);
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
        self.facts_of(tx, &documents)
    }

    /// The facts of some engagements alone.
    pub(super) fn facts_of(
        &self,
        tx: &mut Tx,
        documents: &[impl Borrow<Engagement>],
    ) -> Result<Facts> {
        let context = context(tx, self.operation, documents, Agreements::default())?;
        let mut facts = self.blank();
        facts.add(&context, documents, Agreements::default());
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
        let context = context(tx, self.operation, NO_ENGAGEMENTS, agreements)?;
        let mut facts = self.blank();
        facts.add(&context, NO_ENGAGEMENTS, agreements);
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
        Ok(Documents {
            leads: leads::load(tx, operation, &uuids(&mut lead_ids.iter().map(|id| id.0)))?,
            positions: common_positions::load(
                tx,
                operation,
                &uuids(&mut position_ids.iter().map(|id| id.0)),
            )?,
            commitments: engagements::load_commitments_for_rules(tx, operation, commitment_ids)?,
        })
    }

    /// Loads what is needed, with the lines of leads and the engagements that commitments came
    /// from, which decide whether others are coordinated with them.
    fn finish(mut self, tx: &mut Tx) -> Result<Facts> {
        let leads: Vec<LeadId> = self.leads.iter().copied().collect();
        let positions: Vec<CommonPositionId> = self.positions.iter().copied().collect();
        let commitments: Vec<CommitmentId> = self.commitments.iter().copied().collect();
        let documents = self.agreements(tx, &leads, &positions, &commitments)?;
        let (whole, tied): (Vec<&Lead>, Vec<&Lead>) = documents.leads.iter().partition(|lead| {
            self.lines_of_leads == LinesOfLeads::All
                || self.leads_in_focus.contains(&lead.identity.id)
        });
        let organizations = |leads: Vec<&Lead>| -> Vec<OrganizationId> {
            let all: BTreeSet<_> = leads.iter().map(|lead| lead.organization.0).collect();
            all.into_iter().collect()
        };
        self.engagements.extend(live::led_by(tx, self.operation, &organizations(whole))?);
        self.engagements.extend(live::tied(tx, self.operation, &organizations(tied), &self.tied)?);
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
    engagements: &[impl Borrow<Engagement>],
    agreements: Agreements<'_>,
) -> Result<Context> {
    let mut actors: BTreeSet<ArmedActorId> = BTreeSet::new();
    let mut places: BTreeSet<PlaceId> = BTreeSet::new();
    let mut organizations: BTreeSet<OrganizationId> = BTreeSet::new();
    for engagement in engagements.iter().map(Borrow::borrow) {
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
