//! Lines of dialogue with an armed actor, each in a row, and what is asked and demanded in them.

use concord_reports::brief::{AskLine, DemandLine, LevelLines, Line};
use uuid::Uuid;

use crate::words::Words;

/// How many of each are shown.
const LINES_SHOWN: usize = 12;
const ASKS_SHOWN: usize = 24;
const DEMANDS_SHOWN: usize = 16;

/// A line of dialogue.
pub struct LineRow {
    /// Whose it is.
    pub organization: String,
    /// Who does it with them.
    pub partners: Vec<String>,
    /// With whom it is: the id, and what it is called.
    pub armed_actor: (Uuid, String),
    /// How, where and when.
    pub about: String,
    /// The day of the last contact.
    pub last_contact: Option<String>,
    /// How far it has come.
    pub status: String,
}

/// What is asked in a line.
pub struct AskRow {
    /// What.
    pub what: String,
    /// About what, on which terms, and for what.
    pub about: String,
    /// By whom.
    pub whose: String,
    /// Of whom.
    pub with: String,
}

/// What is demanded in a line.
pub struct DemandRow {
    /// What.
    pub what: String,
    /// Of whom.
    pub whose: String,
    /// By whom.
    pub with: String,
    /// How it was answered.
    pub response: String,
}

/// The lines at each level, and how many are left out there.
pub fn at_levels(w: Words, levels: &[LevelLines]) -> Vec<(String, Vec<LineRow>, usize)> {
    let rows = |step: &LevelLines| {
        let shown = step.lines.iter().take(LINES_SHOWN).map(|line| line_row(w, line));
        let more = step.lines.len().saturating_sub(LINES_SHOWN);
        (step.level.label.clone(), shown.collect(), more)
    };
    levels.iter().map(rows).collect()
}

fn line_row(w: Words, line: &Line) -> LineRow {
    LineRow {
        organization: line.organization.name.clone(),
        partners: line.partners.iter().map(|partner| partner.name.clone()).collect(),
        armed_actor: (line.armed_actor.id, line.armed_actor.name.clone()),
        about: [line.method.label.as_str(), &line.places, &line.when].join(" · "),
        last_contact: line.last_contact.as_deref().map(|day| w.written_day(day)),
        status: line.status.label.clone(),
    }
}

/// Some rows, and how many are left out.
type Rows<T> = (Vec<T>, usize);

/// The asks that are open and the demands, in all lines.
pub fn on_the_table(w: Words, levels: &[LevelLines]) -> (Rows<AskRow>, Rows<DemandRow>) {
    let lines = || levels.iter().flat_map(|step| &step.lines);
    let is_open = |ask: &&AskLine| ask.status.code == "open";
    let asks = lines().flat_map(|line| {
        line.asks.iter().filter(is_open).map(move |ask| AskRow {
            what: ask.action.label.clone(),
            about: w.about_ask(ask),
            whose: line.organization.name.clone(),
            with: line.armed_actor.name.clone(),
        })
    });
    let demand = |line: &Line, demand: &DemandLine| DemandRow {
        what: demand.kind.label.clone(),
        whose: line.organization.name.clone(),
        with: line.armed_actor.name.clone(),
        response: demand.response.label.clone(),
    };
    let demands = lines().flat_map(|line| line.demands.iter().map(move |each| demand(line, each)));
    (first(asks.collect(), ASKS_SHOWN), first(demands.collect(), DEMANDS_SHOWN))
}

fn first<T>(mut all: Vec<T>, shown_max: usize) -> Rows<T> {
    let more = all.len().saturating_sub(shown_max);
    all.truncate(shown_max);
    (all, more)
}
