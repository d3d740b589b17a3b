//! The brief: one page for one armed actor, place and day.

use std::collections::BTreeMap;

use askama::Template;
use concord_domain::language::Language;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Handling, Named, Term, disclosed::Disclosed, filters};

/// How many of each the page shows, so that it stays one; what is left out is counted there and
/// stands in the other forms.
const PLACED_SHOWN: usize = 3;
const FLAGS_SHOWN: usize = 3;
const REASONS_SHOWN: usize = 2;
const LINES_SHOWN: usize = 5;
const ASKS_SHOWN: usize = 2;
const LEADS_SHOWN: usize = 2;
const POSITIONS_SHOWN: usize = 2;
const COMMITMENTS_SHOWN: usize = 3;
const WORKED_SHOWN: usize = 3;
const DISCLOSED_SHOWN: usize = 5;
const TEXTS_SHOWN: usize = 3;
const GUIDANCE_SHOWN: usize = 2;
const ALIASES_SHOWN: usize = 4;

/// The brief as one page to print and to read on a phone: whom to call comes first, then what is
/// open, who speaks to whom, what was agreed, and what is missing.
///
/// The page needs nothing but itself, and holds no ids.
///
/// # Errors
///
/// None is known: askama reports what a formatter does.
pub fn html(brief: &Brief, language: Language) -> Result<String, askama::Error> {
    html_with_way_back(brief, language, None)
}

/// Where its reader came from, for who reads it on a screen.
#[derive(Clone, Copy, Debug)]
pub struct WayBack<'a> {
    /// The address.
    pub address: &'a str,
    /// What the link says.
    pub name: &'a str,
}

/// The same page with a way back above it, which is not printed.
///
/// # Errors
///
/// As [`html`].
pub fn html_with_way_back(
    brief: &Brief,
    language: Language,
    way_back: Option<WayBack<'_>>,
) -> Result<String, askama::Error> {
    Page { w: &language, handling: &brief.handling, brief, way_back }.render()
}

#[derive(Template)]
#[template(path = "brief.html", whitespace = "minimize")]
struct Page<'a> {
    w: &'a Language,
    handling: &'a Handling,
    brief: &'a Brief,
    way_back: Option<WayBack<'a>>,
}

impl Page<'_> {
    /// Each class of restricted flags once, by its code, and how often it occurs.
    fn restricted(&self) -> BTreeMap<&Term, usize> {
        let mut counts = BTreeMap::new();
        for class in &self.brief.restricted {
            *counts.entry(class).or_default() += 1;
        }
        counts
    }

    /// The levels, each with as many lines as the page has room for.
    fn levels(&self) -> Vec<LevelLines> {
        let levels = &self.brief.levels;
        let lines = levels.iter().map(|step| step.lines.len());
        let mut shown: Vec<usize> = lines.clone().map(|_| 0).collect();
        // In turn, so that no level takes the room of another.
        let all: usize = lines.clone().sum();
        let mut left = LINES_SHOWN.min(all);
        while left > 0 {
            for (shown, lines) in shown.iter_mut().zip(lines.clone()) {
                if left > 0 && *shown < lines {
                    *shown += 1;
                    left -= 1;
                }
            }
        }
        let cut = |(step, shown): (&LevelLines, usize)| LevelLines {
            level: step.level.clone(),
            lines: step.lines.iter().take(shown).cloned().collect(),
        };
        levels.iter().zip(shown).map(cut).collect()
    }

    fn lines_more(&self) -> usize {
        let all: usize = self.brief.levels.iter().map(|step| step.lines.len()).sum();
        all.saturating_sub(LINES_SHOWN)
    }
}

/// One page for one armed actor, place and day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Brief {
    /// What may be done with it.
    pub handling: Handling,
    /// Whom it is about.
    pub armed_actor: ActorOutline,
    /// Where, if a place was named.
    pub place: Option<Named>,
    /// For which day.
    pub day: String,
    /// The lines with it, above it and below it, by level.
    pub levels: Vec<LevelLines>,
    /// What others disclose of lines with its topmost armed actor and all below, which the reader
    /// may not read.
    pub disclosed: Disclosed,
    /// What it is committed to.
    pub commitments: Vec<CommitmentLine>,
    /// What the community agreed.
    pub common_positions: Vec<PositionLine>,
    /// Who leads.
    pub leads: Vec<LeadLine>,
    /// The community's own lines, to be followed.
    pub community_lines: Vec<Named>,
    /// What approaches have brought: what became of asks, by method and by approach.
    pub worked: Vec<Worked>,
    /// The first day that is looked at for that.
    pub worked_from: String,
    /// What to be careful about.
    pub cautions: Vec<String>,
    /// The open flags, the worst first.
    pub flags: Vec<FlagLine>,
    /// How many flags of each class there are with lines that may not be shown.
    pub restricted: Vec<Term>,
    /// Who seems best placed, and why; the best first.
    pub best_placed: Vec<Placed>,
    /// Whom to call first, and why.
    pub call_first: Vec<Placed>,
    /// What is missing: levels that nobody speaks to, lines not touched for long, commitments
    /// that end soon.
    pub silences: Vec<String>,
    /// Public guidance that fits, what fits best first.
    pub guidance: Vec<GuidanceLine>,
}

/// An armed actor in outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorOutline {
    /// Which one.
    pub actor: Named,
    /// What kind.
    pub kind: Term,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it is a unit of, the topmost first.
    pub above: Vec<Named>,
    /// How many units are known below it.
    pub units_below: usize,
    /// What influences and restrains it.
    pub influences: Option<String>,
    /// Where its decisions are made.
    pub decisions: Option<String>,
    /// The positions in it that matter to a dialogue.
    pub positions: Vec<Office>,
}

/// A position in an armed actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Office {
    /// What it does for a dialogue.
    pub role: Term,
    /// What the office is called.
    pub title: String,
}

/// The lines at a level; none, if nobody speaks to it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelLines {
    /// The level.
    pub level: Term,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BriefLine)]
pub struct Line {
    /// The engagement.
    pub engagement: Named,
    /// Who leads it.
    pub organization: Named,
    /// Who does it with them.
    pub partners: Vec<Named>,
    /// Whom it engages.
    pub armed_actor: Named,
    /// How.
    pub method: Term,
    /// How far it has come.
    pub status: Term,
    /// From when to when, in words.
    pub when: String,
    /// Where, in words.
    pub places: String,
    /// The day of the last contact.
    pub last_contact: Option<String>,
    /// What is asked.
    pub asks: Vec<AskLine>,
    /// What is demanded, and the answer.
    pub demands: Vec<DemandLine>,
}

/// An ask on the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskLine {
    /// What.
    pub action: Term,
    /// About what.
    pub issue: Term,
    /// On which terms, in words.
    pub terms: String,
    /// What is given in return; none if nothing is.
    pub offer: Option<Term>,
    /// What became of it.
    pub status: Term,
}

/// A demand on the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemandLine {
    /// What.
    pub kind: Term,
    /// How it was answered.
    pub response: Term,
}

/// A commitment: who, what, where, when, and how far it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommitmentLine {
    /// Who committed itself.
    pub armed_actor: Named,
    /// In what form.
    pub kind: Term,
    /// To what.
    pub action: Term,
    /// About what.
    pub issue: Term,
    /// On which terms, in words.
    pub terms: String,
    /// Where, in words.
    pub places: String,
    /// From when to when, in words.
    pub when: String,
    /// What became of it.
    pub status: Term,
    /// Who obtained it, if it is known.
    pub obtained_by: Option<Named>,
    /// Which is settled of who, what, where, when, and how it is verified.
    pub arranged: Vec<Term>,
    /// What those found who looked last.
    pub verified: Option<Verified>,
}

/// What somebody found who looked whether a commitment is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verified {
    /// The day.
    pub on: String,
    /// What was found.
    pub finding: Term,
    /// Who looked.
    pub organization: Named,
}

/// A common position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PositionLine {
    /// The position.
    pub title: String,
    /// On what issue.
    pub issue: Term,
    /// What is not to be asked, offered or accepted, in words.
    pub rules_out: String,
    /// The mechanism in which it was agreed.
    pub mechanism: Option<Named>,
}

/// A lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeadLine {
    /// Who leads.
    pub organization: Named,
    /// Towards whom.
    pub armed_actor: Named,
    /// At what level; all, if none is said.
    pub level: Option<Term>,
    /// On what issue; all, if none is said.
    pub issue: Option<Term>,
    /// The mechanism in which it was agreed.
    pub mechanism: Option<Named>,
}

/// What a method or an approach has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Worked {
    /// The method or the approach.
    pub means: Term,
    /// Whether it is a `method` or an `approach`.
    pub list: String,
    /// How many asks were granted.
    pub granted: usize,
    /// How many were refused.
    pub refused: usize,
    /// How many are open.
    pub open: usize,
}

/// A public document, and why it fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GuidanceLine {
    /// Its code.
    pub code: String,
    /// What it is called, as it was published.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// The year.
    pub year: Option<u16>,
    /// What kind of document it is.
    pub kind: Term,
    /// Where its publisher has it.
    pub address: Option<String>,
    /// The issues by which it fits.
    pub issues: Vec<Term>,
    /// The methods by which it fits.
    pub methods: Vec<Term>,
}

/// A flag in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagLine {
    /// Its kind.
    pub kind: Term,
    /// How much it matters.
    pub severity: Term,
    /// What people have made of it; none for what goes well.
    pub state: Option<Term>,
    /// Between which organisations.
    pub organizations: Vec<Named>,
    /// Why, each sentence readable alone.
    pub because: Vec<String>,
    /// What usually settles it.
    pub settled_by: String,
}

/// An organisation, and why it is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Placed {
    /// The organisation.
    pub organization: Named,
    /// Why.
    pub because: Vec<String>,
}

#[cfg(test)]
mod tests;
