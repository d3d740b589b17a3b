//! The tables of a report.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    document::{Commitment, Engagement},
    id::{ArmedActorId, OrganizationId, PlaceId},
    lineage,
    vocabulary::{Closed, CommitmentStatus, FlagKind, FlagState, Issue, Level, Side},
    window::{Day, earlier},
};
use concord_reports::report::{
    Answers, AreaRow, CommitmentRow, Contributor, Coverage, Failure, FlagRow, Gap, Lesson, Outcome,
    StaleLine,
};

use super::{Gathered, Raised, families};
use crate::outlook::{commitments::PARTS, tallies};

/// After how many days without a contact a live line is stale.
const STALE_DAYS: u32 = 60;

impl Gathered {
    pub(super) fn coverage(&self) -> Vec<Coverage> {
        type Cell = (OrganizationId, ArmedActorId, Option<Issue>, Level);
        let voice = self.voice();
        let mut cells: BTreeMap<Cell, usize> = BTreeMap::new();
        for engagement in &self.engagements {
            let issues: BTreeSet<Issue> = engagement.asks.iter().map(|ask| ask.issue).collect();
            let none = issues.is_empty().then_some(None);
            for issue in issues.into_iter().map(Some).chain(none) {
                let (organization, actor) = (engagement.organization.0, engagement.armed_actor.0);
                *cells.entry((organization, actor, issue, engagement.level.0)).or_default() += 1;
            }
        }
        let row = |((organization, actor, issue, level), engagements): (Cell, usize)| Coverage {
            organization: voice.named(organization),
            armed_actor: voice.named(actor),
            issue: issue.map(|issue| voice.term(issue)),
            level: voice.closed(level),
            engagements,
        };
        let mut rows: Vec<Coverage> = cells.into_iter().map(row).collect();
        rows.sort_by(|a, b| {
            let key = |row: &Coverage| {
                (row.organization.name.clone(), row.armed_actor.name.clone(), row.issue.clone())
            };
            key(a).cmp(&key(b)).then_with(|| a.level.cmp(&b.level))
        });
        rows
    }

    pub(super) fn gaps(&self) -> Vec<Gap> {
        let (voice, language) = (self.voice(), self.language);
        let gap = |kind: &str, name: &str, sentence: String| Gap {
            kind: kind.to_owned(),
            name: name.to_owned(),
            sentence,
        };
        let mut gaps = self.unaddressed();
        for level in Level::ALL {
            if !self.engagements.iter().any(|engagement| engagement.level.0 == *level) {
                let label = level.label_in(language);
                let sentence = voice.say("advice.level_unspoken", &[("level", label)]);
                gaps.push(gap("level", level.code(), sentence));
            }
        }
        let engaged: BTreeSet<ArmedActorId> = self
            .engagements
            .iter()
            .filter_map(|engagement| self.tops.get(&engagement.armed_actor.0).copied())
            .collect();
        let tops: BTreeSet<ArmedActorId> = self.tops.values().copied().collect();
        for actor in tops.difference(&engaged) {
            let name = self.names.of(*actor);
            let sentence = voice.say("advice.actor_unspoken", &[("armed_actor", &name)]);
            gaps.push(gap("armed_actor", &name, sentence));
        }
        let asked: BTreeSet<&str> = self
            .engagements
            .iter()
            .flat_map(|engagement| engagement.asks.iter().map(|ask| ask.issue.family()))
            .collect();
        let is_meant = |code: &str| {
            self.question.issue.is_none_or(|issue| lineage::in_line(issue.code(), code))
        };
        for family in families().filter(|entry| !asked.contains(entry.code.as_str())) {
            if is_meant(&family.code) {
                let label = family.label_in(language);
                let sentence = voice.say("advice.issue_unasked", &[("issue", label)]);
                gaps.push(gap("issue", &family.code, sentence));
            }
        }
        gaps
    }

    /// The protection risks that no line addresses.
    fn unaddressed(&self) -> Vec<Gap> {
        Vec::new()
    }

    pub(super) fn answers(&self) -> Vec<Answers> {
        let voice = self.voice();
        let mut counted: BTreeMap<(String, &str), Answers> = BTreeMap::new();
        for engagement in &self.engagements {
            for demand in &engagement.demands {
                let began = demand.from.unwrap_or(engagement.from);
                let month = month_of(began);
                let row =
                    counted.entry((month.clone(), demand.kind.code())).or_insert_with(|| Answers {
                        month,
                        demand: voice.term(demand.kind),
                        accepting: 0,
                        refusing: 0,
                        undecided: 0,
                    });
                match demand.response.side() {
                    Side::Accepting => row.accepting += 1,
                    Side::Refusing => row.refusing += 1,
                    Side::Undecided => row.undecided += 1,
                }
            }
        }
        counted.into_values().collect()
    }

    pub(super) fn commitment(&self, commitment: &Commitment) -> CommitmentRow {
        let voice = self.voice();
        CommitmentRow {
            armed_actor: voice.named(commitment.armed_actor.0),
            kind: voice.term(commitment.kind),
            action: voice.term(commitment.action),
            issue: voice.term(commitment.issue),
            places: voice.places(&commitment.places),
            when: self.language.window(commitment.window()),
            status: voice.closed(commitment.status.0),
            arranged: voice.arranged(commitment),
            finding: voice.verified(commitment).map(|verified| verified.finding),
        }
    }

    /// The commitments by the areas that they cover, those for the whole operation last.
    pub(super) fn area_rows(&self) -> Vec<AreaRow> {
        let voice = self.voice();
        let mut rows: BTreeMap<Option<PlaceId>, AreaRow> = BTreeMap::new();
        for commitment in &self.commitments {
            let covered = commitment.places.iter();
            let mut areas: BTreeSet<Option<PlaceId>> =
                covered.map(|to| self.areas.get(&to.0).copied()).collect();
            if areas.is_empty() {
                areas.insert(None);
            }
            for area in areas {
                let row = rows.entry(area).or_insert_with(|| AreaRow {
                    area: area.map(|id| voice.named(id)),
                    name: area.map_or_else(
                        || self.language.text("document.whole_operation").to_owned(),
                        |id| self.names.of(id),
                    ),
                    commitments: 0,
                    in_force: 0,
                    operational: 0,
                    kept: 0,
                    partly_kept: 0,
                    broken: 0,
                    not_verified: 0,
                });
                self.count(commitment, area, row);
            }
        }
        let mut rows: Vec<AreaRow> = rows.into_values().collect();
        rows.sort_by(|a, b| (a.area.is_none(), &a.name).cmp(&(b.area.is_none(), &b.name)));
        rows
    }

    fn count(&self, commitment: &Commitment, _area: Option<PlaceId>, row: &mut AreaRow) {
        row.commitments += 1;
        row.in_force += usize::from(commitment.status.0 == CommitmentStatus::InForce);
        row.operational += usize::from(self.voice().arranged(commitment).len() == PARTS);
        if commitment.status.0 == CommitmentStatus::Breached {
            row.broken += 1;
        } else {
            row.not_verified += 1;
        }
    }

    pub(super) fn flag_rows(&self) -> Vec<FlagRow> {
        let voice = self.voice();
        let of_kind = |kind: FlagKind| {
            let flags: Vec<&Raised> =
                self.flags.iter().filter(|raised| raised.flag.kind == kind).collect();
            let class = flags.first().map(|raised| raised.flag.class)?;
            let in_state =
                |state| flags.iter().filter(|raised| raised.flag.standing.state == state).count();
            let (settled, lapsed) = (in_state(FlagState::Resolved), in_state(FlagState::Lapsed));
            let mut days: Vec<i64> = flags.iter().filter_map(|raised| raised.days()).collect();
            days.sort_unstable();
            Some(FlagRow {
                kind: voice.closed(kind),
                class: voice.closed(class),
                raised: flags.len(),
                settled,
                lapsed,
                open: flags.len() - settled - lapsed,
                median_days_to_settle: days.get(days.len() / 2).copied(),
            })
        };
        FlagKind::ALL.iter().filter_map(|kind| of_kind(*kind)).collect()
    }

    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        tallies(&self.engagements, self.language)
            .into_iter()
            .map(|(list, means, tally)| Outcome {
                means,
                list: list.to_owned(),
                granted: tally.granted,
                refused: tally.refused,
                withdrawn: tally.withdrawn,
                open: tally.open,
            })
            .collect()
    }

    pub(super) fn failures(&self) -> Vec<Failure> {
        Vec::new()
    }

    pub(super) fn lessons(&self) -> Vec<Lesson> {
        Vec::new()
    }

    pub(super) fn contributors(&self) -> Vec<Contributor> {
        let mut counted: BTreeMap<OrganizationId, (usize, usize)> = BTreeMap::new();
        for engagement in &self.engagements {
            let counts = counted.entry(engagement.organization.0).or_default();
            counts.0 += 1;
            counts.1 += self.contacts(engagement).count();
        }
        let row = |(organization, (engagements, contacts))| Contributor {
            organization: self.voice().named(organization),
            engagements,
            contacts,
        };
        let mut rows: Vec<Contributor> = counted.into_iter().map(row).collect();
        rows.sort_by(|a, b| {
            b.engagements
                .cmp(&a.engagements)
                .then_with(|| a.organization.name.cmp(&b.organization.name))
        });
        rows
    }

    /// The live lines that nobody has touched for long, the longest first.
    pub(super) fn stale(&self) -> Vec<StaleLine> {
        let since = earlier(self.today, STALE_DAYS);
        let is_stale = |each: &&Engagement| {
            self.is_live(each, self.today) && touched_on(each, self.today) < since
        };
        let mut rows: Vec<StaleLine> = self
            .engagements
            .iter()
            .filter(is_stale)
            .map(|each| StaleLine {
                organization: self.voice().named(each.organization.0),
                armed_actor: self.voice().named(each.armed_actor.0),
                touched_on: touched_on(each, self.today).to_string(),
            })
            .collect();
        rows.sort_by(|a, b| {
            (&a.touched_on, &a.organization).cmp(&(&b.touched_on, &b.organization))
        });
        rows
    }
}

impl Raised {
    /// How many days it took to settle it; none if it is not settled.
    pub(super) fn days(&self) -> Option<i64> {
        let settled = self.flag.standing.state == FlagState::Resolved;
        self.settled_at.filter(|_| settled).map(|at| (at - self.flag.raised_at).num_days())
    }
}

/// The month of a day, `YYYY-MM`.
pub(super) fn month_of(day: Day) -> String {
    day.format("%Y-%m").to_string()
}

fn touched_on(engagement: &Engagement, day: Day) -> Day {
    crate::outlook::last_contact(engagement, day).unwrap_or(engagement.from)
}
