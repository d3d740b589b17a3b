//! How much somebody may still ask for an organisation, and be told.

use std::collections::BTreeMap;

use concord_domain::{
    checking::{Allowance, TOLD_DAYS},
    id::OrganizationId,
    window::{Day, earlier, later},
};
use concord_store::{
    Tx,
    operations::KeptOperation,
    questions::{self, Counted},
};
use uuid::Uuid;

use crate::{
    App,
    error::{Error, Result},
};

/// What a person may still ask for an organisation.
#[derive(Clone, Debug)]
pub struct Room {
    operation: Uuid,
    account: Uuid,
    organization: OrganizationId,
    today: Day,
    /// Of the person and of the organisation.
    both: [Used; 2],
    /// How often the person asked each question for the organisation today.
    asked: BTreeMap<String, u32>,
}

/// How much is allowed, asked and told.
#[derive(Clone, Debug)]
struct Used {
    allowed: Allowance,
    asked_today: u32,
    /// What was told, on which day and about which question; the same question counts once.
    told: BTreeMap<String, (Day, u32)>,
}

impl Used {
    fn told(&self) -> u32 {
        self.told.values().map(|(_, told)| *told).sum()
    }

    const fn left(&self) -> u32 {
        self.allowed.questions.saturating_sub(self.asked_today)
    }

    fn has_told_all(&self) -> bool {
        self.told() >= self.allowed.told
    }

    fn is_told(&mut self, day: Day, digest: &str, told: u32) {
        if told > 0 {
            let known = self.told.entry(digest.to_owned()).or_insert((day, told));
            *known = (known.0.max(day), known.1.max(told));
        }
    }

    /// The first day on which there is room again for something that is told.
    fn told_again_on(&self, today: Day) -> Day {
        let mut told: Vec<(Day, u32)> = self.told.values().copied().collect();
        told.sort_unstable();
        let mut standing = self.told();
        for (day, told) in told {
            standing = standing.saturating_sub(told);
            if standing < self.allowed.told {
                return later(day, TOLD_DAYS);
            }
        }
        later(today, 1)
    }
}

impl Room {
    /// What somebody may still ask for an organisation today.
    ///
    /// # Errors
    /// The store's own.
    pub fn of(
        tx: &mut Tx,
        kept: &KeptOperation,
        (account, organization): (Uuid, OrganizationId),
        today: Day,
    ) -> Result<Self> {
        let since = earlier(today, TOLD_DAYS - 1);
        let counted = questions::counted(tx, kept.id, (account, organization), (today, since))?;
        let (person, all) = Allowance::of(&kept.operation);
        let used = |allowed, counts: &dyn Fn(&Counted) -> bool| {
            let mut used = Used { allowed, asked_today: 0, told: BTreeMap::new() };
            for each in counted.iter().filter(|each| counts(each)) {
                used.asked_today += if each.asked_on == today { each.asked } else { 0 };
                used.is_told(each.asked_on, &each.digest, each.told);
            }
            used
        };
        let is_persons = |each: &Counted| each.account == account;
        let is_organizations = |each: &Counted| each.organization == organization;
        let both = [used(person, &is_persons), used(all, &is_organizations)];
        let own = counted
            .iter()
            .filter(|each| is_persons(each) && is_organizations(each) && each.asked_on == today);
        let asked = own.map(|each| (each.digest.clone(), each.asked)).collect();
        Ok(Self { operation: kept.id, account, organization, today, both, asked })
    }

    /// How many questions the person and the organisation have left today.
    #[must_use]
    pub fn left(&self) -> (u32, u32) {
        let [person, organization] = &self.both;
        (person.left(), organization.left())
    }

    /// Whether a question may be answered now.
    pub(super) fn is_there(&self) -> bool {
        self.may_tell() && self.both.iter().all(|used| used.left() > 0)
    }

    /// Whether something may be told now that was not asked.
    pub(super) fn may_tell(&self) -> bool {
        !self.both.iter().any(Used::has_told_all)
    }

    /// Counts a question that is answered, with how much it is told of restricted lines. What
    /// stands for it distinguishes those that are told something.
    ///
    /// # Errors
    /// The store's own.
    pub fn count(&mut self, tx: &mut Tx, digest: &str, told: u32) -> Result<()> {
        let digest = if told > 0 { digest } else { "" };
        let asked = self.asked.entry(digest.to_owned()).or_default();
        *asked += 1;
        let asked = *asked;
        for used in &mut self.both {
            used.asked_today += 1;
        }
        self.keep(tx, digest, (asked, told))
    }

    /// Counts what is told of restricted lines by a deed that is no question.
    ///
    /// # Errors
    /// The store's own.
    pub(super) fn tell(&mut self, tx: &mut Tx, digest: &str, told: u32) -> Result<()> {
        self.keep(tx, digest, (0, told))
    }

    fn keep(&mut self, tx: &mut Tx, digest: &str, (asked, told): (u32, u32)) -> Result<()> {
        for used in &mut self.both {
            used.is_told(self.today, digest, told);
        }
        let counted = Counted {
            account: self.account,
            organization: self.organization,
            asked_on: self.today,
            digest: digest.to_owned(),
            asked,
            told,
        };
        Ok(questions::keep(tx, self.operation, &counted)?)
    }

    /// Refuses a question for which there is no room.
    ///
    /// # Errors
    /// [`Error::BudgetSpent`].
    pub fn require(&self, app: &App) -> Result<()> {
        let until = |day: Day| {
            let begins = day.and_time(chrono::NaiveTime::MIN);
            (begins - app.now()).num_seconds().unsigned_abs().max(1)
        };
        let whose = ["you have", "your organisation has"];
        for (used, who) in self.both.iter().zip(whose) {
            if used.has_told_all() {
                let on = used.told_again_on(self.today);
                let detail = format!(
                    "{who} been told of {} matches within {TOLD_DAYS} days, which is all that is \
                     told; ask the desk, or check again on {on}",
                    used.told()
                );
                return Err(Error::BudgetSpent(until(on), detail));
            }
        }
        for (used, who) in self.both.iter().zip(whose) {
            if used.left() == 0 {
                let on = later(self.today, 1);
                let detail = format!(
                    "{who} asked {} questions today, which is all that is answered in a UTC day; \
                     checks, and entries that are logged or changed, count alike. Ask the desk, or \
                     check again on {on}",
                    used.allowed.questions
                );
                return Err(Error::BudgetSpent(until(on), detail));
            }
        }
        Ok(())
    }
}
