//! A line of dialogue in outline, as it stands on every page that shows one.

use concord_domain::vocabulary::Level;
use concord_reports::{
    Term,
    brief::{AskLine, Line},
};

use crate::words::Words;

/// A line of dialogue, in words.
pub struct LineShown {
    /// Who leads it.
    pub organization: String,
    /// Who carries it on with them.
    pub partners: Vec<String>,
    /// With whom it is.
    pub armed_actor: String,
    /// At what height of command.
    pub level: &'static str,
    /// Where.
    pub places: String,
    /// When.
    pub when: String,
    /// How.
    pub method: String,
    /// How far it has come.
    pub status: String,
    /// The day of the last contact.
    pub last_contact: Option<String>,
    /// What, on which terms, and what became of it.
    pub asks: Vec<(String, String, String)>,
    /// What is demanded, and the answer.
    pub demands: Vec<(String, String)>,
}

impl LineShown {
    /// The line in the words of the visitor.
    pub fn of(w: Words, (level, line): (Level, Line)) -> Self {
        let asks = line.asks.iter();
        let demands = line.demands.into_iter();
        Self {
            asks: asks
                .map(|ask| (ask.action.label.clone(), w.about_ask(ask), ask.status.label.clone()))
                .collect(),
            demands: demands.map(|each| (each.kind.label, each.response.label)).collect(),
            organization: line.organization.name,
            partners: line.partners.into_iter().map(|partner| partner.name).collect(),
            armed_actor: line.armed_actor.name,
            level: w.of(level),
            places: line.places,
            when: line.when,
            method: line.method.label,
            status: line.status.label,
            last_contact: line.last_contact.map(|day| w.written_day(&day)),
        }
    }
}

impl Words {
    /// What an ask is about, on which terms, and what is given for it.
    pub fn about_ask(self, ask: &AskLine) -> String {
        let mut about = vec![ask.issue.label.clone()];
        about.extend(Some(ask.terms.clone()).filter(|terms| !terms.is_empty()));
        let offer = |offer: &Term| self.filled("line.in_return", &offer.label);
        about.extend(ask.offer.as_ref().map(offer));
        about.join(" · ")
    }
}
