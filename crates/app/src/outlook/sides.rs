//! What a flag or a list speaks of, each in a line as the brief has it.

use concord_domain::{
    document::{Commitment, CommonPosition, Engagement, Lead},
    flag::Subject,
    id::{CommitmentId, CommonPositionId, EngagementId, LeadId},
    policy::Action,
    vocabulary::Level,
};
use concord_reports::brief::{CommitmentLine, LeadLine, Line, PositionLine};
use concord_store::{
    Tx,
    documents::{common_positions, leads},
    engagements,
};
use uuid::Uuid;

use super::Voice;
use crate::{
    App,
    access::{self, Access},
    auth::Person,
    error::Result,
    names::Wanted,
};

/// What some subjects are, as far as the caller may read it, each once and in no order that tells
/// anything.
#[derive(Clone, Debug, Default)]
pub struct Sides {
    /// Lines of dialogue, each with its level.
    pub lines: Vec<(Level, Line)>,
    /// Commitments, each with its id.
    pub commitments: Vec<(Uuid, CommitmentLine)>,
    /// Leads.
    pub leads: Vec<LeadLine>,
    /// Common positions.
    pub positions: Vec<PositionLine>,
}

/// The documents behind some subjects.
struct Behind {
    lines: Vec<Engagement>,
    commitments: Vec<Commitment>,
    leads: Vec<Lead>,
    positions: Vec<CommonPosition>,
}

/// What some subjects are, as far as the caller may read it.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for whom who reads no entries.
pub fn sides(app: &App, person: Person, operation: &str, of: &[Subject]) -> Result<Sides> {
    access::read(app, person, operation, |tx, access| {
        access.require(Action::ReadEntries, None)?;
        let behind = Behind::load(tx, access, of)?;
        access.deeds.shows(&behind.lines);
        access.deeds.shows(&behind.commitments);
        behind.shown(app, tx, access)
    })
}

impl Behind {
    fn load(tx: &mut Tx, access: &Access, of: &[Subject]) -> Result<Self> {
        let mut lines: Vec<EngagementId> = Vec::new();
        let mut commitments: Vec<CommitmentId> = Vec::new();
        let mut led: Vec<LeadId> = Vec::new();
        let mut positions: Vec<CommonPositionId> = Vec::new();
        for subject in of {
            lines.extend(subject.engagement());
            match subject {
                Subject::Commitment(id) => commitments.push(*id),
                Subject::Lead(id) => led.push(*id),
                Subject::CommonPosition(id) => positions.push(*id),
                _ => {}
            }
        }
        lines.sort_unstable();
        lines.dedup();
        let (operation, scope) = (access.id(), &access.scope);
        let led: Vec<Uuid> = led.into_iter().map(Uuid::from).collect();
        let positions: Vec<Uuid> = positions.into_iter().map(Uuid::from).collect();
        Ok(Self {
            lines: engagements::load(tx, operation, scope, &lines)?,
            commitments: engagements::load_commitments(tx, operation, scope, &commitments)?,
            leads: leads::load(tx, operation, &led)?,
            positions: common_positions::load(tx, operation, &positions)?,
        })
    }

    fn shown(&self, app: &App, tx: &mut Tx, access: &Access) -> Result<Sides> {
        let mut wanted = Wanted::default();
        self.lines.iter().for_each(|line| wanted.add_line(line));
        self.commitments.iter().for_each(|commitment| wanted.add_commitment(commitment));
        self.leads.iter().for_each(|lead| wanted.add_lead(lead));
        self.positions.iter().for_each(|position| wanted.add_position(position));
        let names = wanted.load(tx, access.id())?;
        let (voice, today) = (Voice { language: access.language, names: &names }, app.today());
        let lines = self.lines.iter().map(|line| (line.level.0, voice.line(line, today)));
        let commitments = self.commitments.iter().map(|commitment| {
            (commitment.identity.id.0, voice.commitment(commitment, None, today))
        });
        Ok(Sides {
            lines: lines.collect(),
            commitments: commitments.collect(),
            leads: self.leads.iter().map(|lead| voice.lead(lead)).collect(),
            positions: self.positions.iter().map(|position| voice.position(position)).collect(),
        })
    }
}
