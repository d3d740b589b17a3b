//! Asking about lines that one may not read: the one word that is told, the bounds of a question,
//! and the budgets that checks, logging and editing share. Nothing here knows what is hidden but
//! the word.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    document::{Ask, Demand, Intention, Operation},
    fault::{Fault, FaultCode, Pointer},
    id::PlaceId,
    vocabulary::FlagClass,
    window::{Day, later},
};

/// All that is told of the restricted entries that a question meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// A restricted flag of class conflict or process would be raised.
    CoordinateFirst,
    /// One of class overlap would be, and no other.
    Possible,
    /// None is known that may be told of, which is no clearance.
    NoneKnown,
}

impl Word {
    /// Every word.
    pub const ALL: [Self; 3] = [Self::CoordinateFirst, Self::Possible, Self::NoneKnown];

    /// How many letters the longest has, to which answers are made up.
    pub const LETTERS_MAX: usize = "coordinate_first".len();

    /// The word for the classes of the restricted flags that would be raised.
    #[must_use]
    pub fn of(classes: &BTreeSet<FlagClass>) -> Self {
        let has = |class| classes.contains(&class);
        if has(FlagClass::Conflict) || has(FlagClass::Process) {
            Self::CoordinateFirst
        } else if has(FlagClass::Overlap) {
            Self::Possible
        } else {
            Self::NoneKnown
        }
    }

    /// The word as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CoordinateFirst => "coordinate_first",
            Self::Possible => "possible",
            Self::NoneKnown => "none_known",
        }
    }

    /// The word that is written so.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.code() == code)
    }
}

/// The longest window of a question, in days.
pub const WINDOW_DAYS_MAX: u32 = 31;

/// What is wrong with a question: it is about a place of level 1 or below, at most 31 days, and an
/// issue, and so is each of its asks and demands. `has_level` says whether a place is of level 1
/// or below.
#[must_use]
pub fn faults(question: &Intention, has_level: &BTreeMap<PlaceId, bool>) -> Vec<Fault> {
    let mut faults = Faults { found: Vec::new(), question, has_level };
    let root = Pointer::ROOT;
    if question.places.is_empty() {
        let detail = "name at least one place of level 1 or below";
        faults.add(&root.member("places"), FaultCode::Missing, detail);
    }
    faults.places(&question.places, &root.member("places"));
    if question.asks.is_empty() {
        let detail = "name at least one issue: what would be asked";
        faults.add(&root.member("asks"), FaultCode::Missing, detail);
    }
    if question.purpose.as_str().trim().is_empty() {
        faults.add(&root.member("purpose"), FaultCode::Missing, "say what the question is for");
    }
    match question.until {
        None => {
            let detail = "a question is about at most 31 days; say its last day";
            faults.add(&root.member("until"), FaultCode::Missing, detail);
        }
        Some(until) if until > later(question.from, WINDOW_DAYS_MAX - 1) => {
            let detail = "a question is about at most 31 days, its first and last included";
            faults.add(&root.member("until"), FaultCode::OutOfRange, detail);
        }
        Some(_) => {}
    }
    let asks = root.member("asks");
    for (index, Ask { places, from, until, .. }) in question.asks.iter().enumerate() {
        faults.part(&asks.item(index), places, (*from, *until));
    }
    let demands = root.member("demands");
    for (index, Demand { places, from, until, .. }) in question.demands.iter().enumerate() {
        faults.part(&demands.item(index), places, (*from, *until));
    }
    faults.found
}

struct Faults<'q> {
    found: Vec<Fault>,
    question: &'q Intention,
    has_level: &'q BTreeMap<PlaceId, bool>,
}

impl Faults<'_> {
    fn add(&mut self, at: &Pointer<'_>, code: FaultCode, detail: &str) {
        self.found.push(Fault::new(at, code, detail));
    }

    fn places(&mut self, places: &[crate::document::To<PlaceId>], at: &Pointer<'_>) {
        for (index, place) in places.iter().enumerate() {
            if !self.has_level.get(&place.0).copied().unwrap_or_default() {
                let detail = "a question is about places of level 1 or below";
                self.add(&at.item(index), FaultCode::OutOfRange, detail);
            }
        }
    }

    fn part(
        &mut self,
        at: &Pointer<'_>,
        places: &[crate::document::To<PlaceId>],
        (from, until): (Option<Day>, Option<Day>),
    ) {
        self.places(places, &at.member("places"));
        let detail = "within the days of the question";
        if from.is_some_and(|from| from < self.question.from) {
            self.add(&at.member("from"), FaultCode::OutOfRange, detail);
        }
        if self.question.until.is_some_and(|last| until.is_some_and(|until| until > last)) {
            self.add(&at.member("until"), FaultCode::OutOfRange, detail);
        }
    }
}

/// For how many days what was told counts, the day on which it was told included.
pub const TOLD_DAYS: u32 = 31;

/// What may be asked and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many questions a day.
    pub questions: u32,
    /// How often something may be told of a restricted line within [`TOLD_DAYS`].
    pub told: u32,
}

impl Allowance {
    /// What a person has in an operation, and what an organisation has.
    #[must_use]
    pub fn of(operation: &Operation) -> (Self, Self) {
        let said = |said: &Option<crate::document::Quota>, else_: u32| {
            said.map_or(else_, |allowed| allowed.0)
        };
        let person = Self {
            questions: said(&operation.questions_per_person, 20),
            told: said(&operation.matches_per_person, 10),
        };
        let organization = Self {
            questions: said(&operation.questions_per_organization, 60),
            told: said(&operation.matches_per_organization, 30),
        };
        (person, organization)
    }
}
