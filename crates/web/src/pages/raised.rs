//! A flag as somebody meets it who has just written what it is about: why, and the next step.

use concord_app::flags::ShownFlag;

use super::flags::{Weight, names_of};
use crate::visit::Visit;

/// A flag.
pub struct Raised {
    /// Where it is shown alone; none for one that has no life.
    pub address: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// What it asks.
    pub title: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// Whose lines it is about.
    pub organizations: Vec<String>,
    /// Why it holds.
    pub because: Vec<String>,
    /// What usually settles it.
    pub settled_by: &'static str,
}

impl Raised {
    /// The flag in the words of the visitor.
    pub fn of(visit: &Visit, flag: &ShownFlag) -> Self {
        let w = visit.words;
        let address = |id| format!("/operations/{}/flags/{id}", visit.operation());
        Self {
            address: flag.id.map(address),
            kind: w.of(flag.kind),
            title: flag.about.title,
            weight: Weight::of(w, flag.severity),
            organizations: names_of(flag),
            because: flag.because.iter().map(|(_, sentence)| sentence.clone()).collect(),
            settled_by: flag.about.settled_by,
        }
    }
}
