//! The edition of a report for handing round: what is counted once, and by whom it was contributed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Months;
use concord_domain::{
    document::Engagement,
    fault::FaultCode,
    id::{ArmedActorId, OrganizationId},
    vocabulary::{
        AskStatus, Closed, CommitmentStatus, FlagClass, FlagState, Level, Side, vocabulary,
    },
    window::Day,
};
use concord_reports::{
    Handling, Term,
    handed_round::{Counted, HandedRound, HandlingRound, Sheet, Table},
};
use uuid::Uuid;

use super::{Gathered, ROUND_PLACE_DEPTH_MAX, Raised, entry_of, families, tables::month_of};
use crate::{
    App,
    access::Access,
    error::{Error, Result},
    outlook::handling,
};

/// Until how many days a flag counts as settled within a week, and within a month.
const SETTLED_DAYS: [(i64, &str); 2] = [(7, "settled_week"), (30, "settled_month")];

impl Gathered {
    /// The edition for handing round.
    ///
    /// # Errors
    /// When it is limited to what such an edition does not name.
    pub(super) fn handed_round(&self, app: &App, access: &Access) -> Result<HandedRound> {
        self.check_scope()?;
        let (from, until) = self.question.period;
        let (names, language) = (&self.names, self.language);
        let keys = ("document.mark_round", "round.covers");
        let Handling { language: code, mark, operation, true_at, expires_on, note } =
            handling(app, access, app.today(), keys);
        Ok(HandedRound {
            edition: "handed_round".to_owned(),
            handling: HandlingRound {
                language: code,
                mark,
                operation: operation.name,
                true_at,
                expires_on,
                note,
            },
            watermark: language.text("round.watermark").to_owned(),
            from: from.to_string(),
            until: until.to_string(),
            armed_actor: self.question.actor.map(|id| names.of(id)),
            place: self.question.place.map(|id| names.of(id)),
            issue: self.question.issue.map(|issue| self.voice().term(issue)),
            tables: Counted::ALL.into_iter().map(|counted| self.table(counted)).collect(),
        })
    }

    /// Such an edition names topmost armed actors and large areas alone, and what it is limited to
    /// is named.
    fn check_scope(&self) -> Result<()> {
        let lineage = |id| self.actor_lineages.get(&id);
        if self.question.actor.and_then(lineage).is_some_and(|lineage| lineage.depth() > 1) {
            let detail = "an edition for handing round names topmost armed actors alone";
            return Err(Error::at("armed_actor", FaultCode::OutOfRange, detail));
        }
        let place = self.question.place.and_then(|id| self.places.get(&id));
        if place.is_some_and(|lineage| lineage.depth() > ROUND_PLACE_DEPTH_MAX) {
            let detail = "an edition for handing round is about a country or a first-level area";
            return Err(Error::at("place", FaultCode::OutOfRange, detail));
        }
        Ok(())
    }

    fn table(&self, counted: Counted) -> Table {
        let sheet = match counted {
            Counted::Lines => self.lines(),
            Counted::OpenAsks => self.open_asks(),
            Counted::AnsweredAsks => self.answered_asks(),
            Counted::Demands => self.demands(),
            Counted::Contacts => self.contacts_by_month(),
            Counted::Commitments => self.commitments_by_status(),
            Counted::Flags => self.flags_by_class(),
        };
        sheet.shown(counted)
    }

    /// The codes of a list with what they are called.
    fn list(&self, list: &str) -> Vec<Term> {
        let term = |entry: &concord_domain::vocabulary::Entry| Term {
            code: entry.code.clone(),
            label: entry.label_in(self.language).to_owned(),
        };
        vocabulary().entries(list).iter().map(term).collect()
    }

    fn words<const N: usize>(&self, words: [(&str, &'static str); N]) -> Vec<Term> {
        let term = |(code, key): (&str, &'static str)| Term {
            code: code.to_owned(),
            label: self.language.text(key).to_owned(),
        };
        words.into_iter().map(term).collect()
    }

    fn lines(&self) -> Sheet {
        let tops: BTreeSet<ArmedActorId> = self.tops.values().copied().collect();
        let mut rows: Vec<Term> = tops
            .into_iter()
            .map(|id| Term { code: id.0.to_string(), label: self.names.of(id) })
            .collect();
        rows.sort_by(|a, b| (&a.label, &a.code).cmp(&(&b.label, &b.code)));
        let levels = self.words([
            (Level::Strategic.code(), "level.strategic"),
            (Level::Operational.code(), "level.operational"),
            (Level::Tactical.code(), "level.tactical"),
            (Level::Community.code(), "level.community"),
        ]);
        let mut sheet = Sheet::new(rows, levels);
        for engagement in &self.engagements {
            if let Some(top) = self.tops.get(&engagement.armed_actor.0) {
                let (top, level) = (top.0.to_string(), engagement.level.0.code());
                sheet.count(&top, level, &led_by(engagement));
            }
        }
        sheet
    }

    fn open_asks(&self) -> Sheet {
        let term = |entry: &concord_domain::vocabulary::Entry| Term {
            code: entry.code.clone(),
            label: entry.label_in(self.language).to_owned(),
        };
        let fronts = vocabulary().entries("issue").iter().filter(|it| !it.code.contains('.'));
        let mut sheet = Sheet::new(fronts.chain(families()).map(term).collect(), Vec::new());
        for engagement in &self.engagements {
            for ask in engagement.asks.iter().filter(|ask| ask.status.0 == AskStatus::Open) {
                sheet.count(ask.issue.family(), "", &led_by(engagement));
            }
        }
        sheet
    }

    fn answered_asks(&self) -> Sheet {
        let answers = self.words([
            (AskStatus::Granted.code(), "document.granted"),
            (AskStatus::Refused.code(), "document.refused"),
        ]);
        let mut sheet = Sheet::new(self.list("method"), answers);
        for engagement in &self.engagements {
            for ask in &engagement.asks {
                let (method, status) = (engagement.method.code(), ask.status.0.code());
                sheet.count(method, status, &led_by(engagement));
            }
        }
        sheet
    }

    fn demands(&self) -> Sheet {
        let sides = self.words([
            ("accepting", "report.accepting"),
            ("refusing", "report.refusing"),
            ("undecided", "report.undecided"),
        ]);
        let mut sheet = Sheet::new(self.list("demand"), sides);
        for engagement in &self.engagements {
            for demand in &engagement.demands {
                let side = match demand.response.side() {
                    Side::Accepting => "accepting",
                    Side::Refusing => "refusing",
                    Side::Undecided => "undecided",
                };
                sheet.count(demand.kind.code(), side, &led_by(engagement));
            }
        }
        sheet
    }

    fn contacts_by_month(&self) -> Sheet {
        let (from, until) = self.question.period;
        let months: BTreeMap<String, Day> = (0..)
            .map_while(|number| from.checked_add_months(Months::new(number)))
            .take_while(|day| month_of(*day) <= month_of(until))
            .map(|day| (month_of(day), day))
            .collect();
        let rows = months
            .into_keys()
            .map(|month| Term { label: self.language.month(&month), code: month })
            .collect();
        let mut sheet = Sheet::new(rows, Vec::new());
        for engagement in &self.engagements {
            for day in self.contacts(engagement) {
                sheet.count(&month_of(day), "", &led_by(engagement));
            }
        }
        sheet
    }

    fn commitments_by_status(&self) -> Sheet {
        let mut sheet = Sheet::new(self.list(CommitmentStatus::LIST), Vec::new());
        for commitment in &self.commitments {
            let owner = self.owners.get(&entry_of(commitment));
            let owner = owner.into_iter().map(|id| id.0).collect();
            sheet.count(commitment.status.0.code(), "", &owner);
        }
        sheet
    }

    fn flags_by_class(&self) -> Sheet {
        let states = self.words([
            ("open", "document.open"),
            ("lapsed", "report.lapsed"),
            ("settled_week", "round.settled_week"),
            ("settled_month", "round.settled_month"),
            ("settled_later", "round.settled_later"),
        ]);
        let mut sheet = Sheet::new(self.list(FlagClass::LIST), states);
        for raised in &self.flags {
            let owners = raised.owners.iter().map(|id| id.0).collect();
            sheet.count(raised.flag.class.code(), became(raised), &owners);
        }
        sheet
    }
}

/// The organisation whose line it is.
fn led_by(engagement: &Engagement) -> BTreeSet<Uuid> {
    let OrganizationId(id) = engagement.organization.0;
    BTreeSet::from([id])
}

/// What became of a flag, and how long that took.
fn became(raised: &Raised) -> &'static str {
    match raised.flag.standing.state {
        FlagState::Lapsed => "lapsed",
        FlagState::Resolved => {
            let days = raised.days().unwrap_or(i64::MAX);
            let within = SETTLED_DAYS.into_iter().find(|(most, _)| days <= *most);
            within.map_or("settled_later", |(_, code)| code)
        }
        _ => "open",
    }
}
