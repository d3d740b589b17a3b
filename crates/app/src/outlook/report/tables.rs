//! The tables of a report.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::{
    document::{Commitment, Engagement, ProtectionRisk, STALE_DAYS, Verification},
    id::{ArmedActorId, OrganizationId, PlaceId},
    lineage,
    vocabulary::{
        Closed, CommitmentStatus, DemandKind, FailureReason, Finding, FlagKind, FlagState, Issue,
        Level, Response, Side,
    },
    window::{Day, earlier},
};
use concord_reports::report::{
    Answers, AreaRow, CommitmentRow, Contributor, Coverage, Failure, FlagRow, Gap, Lesson, Outcome,
    StaleLine,
};

use super::{Gathered, Raised, families};
use crate::outlook::{
    commitments::{PARTS, last_of},
    tallies,
};

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

    /// The protection risks that no line of the report addresses.
    fn unaddressed(&self) -> Vec<Gap> {
        let gap = |risk: &ProtectionRisk| {
            let name = risk.title.as_str().to_owned();
            let sentence = self.voice().say("advice.risk_unaddressed", &[("risk", &name)]);
            Gap { kind: "protection_risk".to_owned(), name, sentence }
        };
        self.risks.iter().map(gap).collect()
    }

    /// Each answer to a demand in the month in which it was given; where its day is not known, in
    /// the month in which the demand began.
    pub(super) fn answers(&self) -> Vec<Answers> {
        let voice = self.voice();
        let (from, until) = self.question.period;
        let mut counted: BTreeMap<(String, &str), Answers> = BTreeMap::new();
        let mut add = |day: Day, kind: DemandKind, response: Response| {
            let month = month_of(day);
            let row = counted.entry((month.clone(), kind.code())).or_insert_with(|| Answers {
                month,
                demand: voice.term(kind),
                accepting: 0,
                refusing: 0,
                undecided: 0,
            });
            match response.side() {
                Side::Accepting => row.accepting += 1,
                Side::Refusing => row.refusing += 1,
                Side::Undecided => row.undecided += 1,
            }
        };
        for engagement in &self.engagements {
            for demand in &engagement.demands {
                if demand.history.is_empty() {
                    let began = demand.from.unwrap_or(engagement.from);
                    add(began, demand.kind, demand.response);
                }
                for step in demand.history.iter().filter(|it| (from..=until).contains(&it.on)) {
                    add(step.on, demand.kind, step.response);
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
            finding: voice
                .verified(commitment, self.question.period.1)
                .map(|verified| verified.finding),
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

    /// Counts a commitment in an area, by what was found when somebody last looked there.
    fn count(&self, commitment: &Commitment, area: Option<PlaceId>, row: &mut AreaRow) {
        row.commitments += 1;
        row.in_force += usize::from(commitment.status.0 == CommitmentStatus::InForce);
        row.operational += usize::from(self.voice().arranged(commitment).len() == PARTS);
        let (_, until) = self.question.period;
        let is_there = |each: &&Verification| {
            let mut areas = each.places.iter().map(|to| self.areas.get(&to.0).copied());
            each.on <= until && (each.places.is_empty() || areas.any(|it| it == area))
        };
        let last = last_of(commitment.verifications.iter().filter(is_there));
        let counted = match (last.map(|last| last.finding.0), commitment.status.0) {
            (Some(Finding::Kept), _) => &mut row.kept,
            (Some(Finding::PartlyKept), _) => &mut row.partly_kept,
            (Some(Finding::Broken), _) | (_, CommitmentStatus::Breached) => &mut row.broken,
            (Some(Finding::NotVerifiable) | None, _) => &mut row.not_verified,
        };
        *counted += 1;
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

    /// Why lines did not reach what they sought, what was named most first.
    pub(super) fn failures(&self) -> Vec<Failure> {
        let mut counted: BTreeMap<FailureReason, usize> = BTreeMap::new();
        for reason in self.engagements.iter().flat_map(|each| &each.failure_reasons) {
            *counted.entry(*reason).or_default() += 1;
        }
        let row =
            |(reason, engagements)| Failure { reason: self.voice().term(reason), engagements };
        let mut rows: Vec<Failure> = counted.into_iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.engagements));
        rows
    }

    pub(super) fn lessons(&self) -> Vec<Lesson> {
        let written =
            self.engagements.iter().filter_map(|each| Some((each, each.lessons.as_ref()?)));
        written
            .map(|(engagement, lesson)| Lesson {
                organization: self.voice().named(engagement.organization.0),
                armed_actor: self.voice().named(engagement.armed_actor.0),
                lesson: lesson.as_str().to_owned(),
            })
            .collect()
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
        let is_stale =
            |each: &&Engagement| self.is_live(each, self.today) && each.touched_on() < since;
        let mut rows: Vec<StaleLine> = self
            .engagements
            .iter()
            .filter(is_stale)
            .map(|each| StaleLine {
                organization: self.voice().named(each.organization.0),
                armed_actor: self.voice().named(each.armed_actor.0),
                touched_on: each.touched_on().to_string(),
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
