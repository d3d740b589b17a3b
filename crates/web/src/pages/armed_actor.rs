//! One armed actor: who talks to it at each level, what is on the table, what it is committed to,
//! what happened lately, where it stands in its tree, and where it is; as far as the visitor may
//! know it.

use askama::Template;
use concord_app::{
    armed_actors::family::{self, Family, Former, Kin},
    find,
    outlook::{areas, brief},
};
use concord_domain::{
    document::{ArmedActor, Prose},
    policy::Action,
    vocabulary::Code,
    window::Window,
};
use concord_reports::{
    brief::{Brief, CommitmentLine, LeadLine, PositionLine},
    disclosed::Disclosed,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    armed_actors::Listed,
    timeline::{self, Days},
};
use crate::{
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

mod lines;
mod map;

use lines::{AskRow, DemandRow, LineRow, at_levels, on_the_table};
use map::AreasShown;

/// How many of each the page shows, so that it stays small on a poor link.
const UNITS_SHOWN: usize = 60;
const EVENTS_SHOWN: usize = 12;
const COMMITMENTS_SHOWN: usize = 20;
const AGREED_SHOWN: usize = 10;
const DISCLOSED_SHOWN: usize = 20;

/// What it is called, and by whom.
struct Names {
    /// Each with the code of its language and what that is called, if the pages are in it too.
    in_languages: Vec<(String, String, String)>,
    aliases: Vec<String>,
    /// In other registers: which, and how.
    elsewhere: Vec<(String, String)>,
}

impl Names {
    fn of(w: Words, actor: &ArmedActor) -> Self {
        let called = |code: &str| {
            let known = w.languages().into_iter().find(|(known, _)| *known == code);
            known.map_or_else(|| code.to_owned(), |(_, name)| name.to_owned())
        };
        let named = actor.names.iter().map(|(language, name)| {
            let code = language.as_str();
            (code.to_owned(), called(code), name.as_str().to_owned())
        });
        let elsewhere = actor.external_ids.iter();
        Self {
            in_languages: named.collect(),
            aliases: actor.aliases.iter().map(|alias| alias.as_str().to_owned()).collect(),
            elsewhere: elsewhere
                .map(|(register, id)| (register.as_str().to_owned(), id.as_str().to_owned()))
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.in_languages.is_empty() && self.aliases.is_empty() && self.elsewhere.is_empty()
    }
}

/// What is said of it, in words of those who keep it.
struct Said {
    influences: Option<String>,
    decisions: Option<String>,
    /// What each position does for a dialogue, and what it is called.
    positions: Vec<(&'static str, String)>,
}

impl Said {
    fn of(w: Words, actor: &ArmedActor) -> Self {
        let text = |prose: &Option<Prose>| prose.as_ref().map(|prose| prose.as_str().to_owned());
        let positions = actor.positions.iter().map(|position| {
            (position.role.entry().label_in(w.language), position.title.as_str().to_owned())
        });
        Self {
            influences: text(&actor.influences),
            decisions: text(&actor.decisions),
            positions: positions.collect(),
        }
    }
}

/// What it is and was part of, and what is part of it.
struct TreeShown {
    above: Vec<(Uuid, String)>,
    since: Option<String>,
    /// What it was part of, and when.
    former: Vec<(Option<(Uuid, String)>, String)>,
    units: Vec<Listed>,
    more: usize,
}

impl TreeShown {
    fn of(w: Words, family: Family) -> Self {
        let named = |kin: Kin| (kin.id.0, kin.name);
        let when = |former: &Former| {
            w.language.window(Window { from: former.from, until: Some(former.until) })
        };
        let former = family.former.into_iter().map(|former| {
            let when = when(&former);
            (former.parent.map(named), when)
        });
        let more = family.units.len().saturating_sub(UNITS_SHOWN);
        let units = family.units.into_iter().take(UNITS_SHOWN);
        Self {
            above: family.above.into_iter().map(named).collect(),
            since: family.since.map(|day| w.day(day)),
            former: former.collect(),
            units: units.map(|unit| Listed::of(w, unit)).collect(),
            more,
        }
    }
}

/// What is known of dialogue with it, for who reads entries.
struct Known {
    /// The levels, each with its lines and how many are left out.
    levels: Vec<(String, Vec<LineRow>, usize)>,
    disclosed: Disclosed,
    disclosed_more: usize,
    asks: (Vec<AskRow>, usize),
    demands: (Vec<DemandRow>, usize),
    commitments: Vec<CommitmentLine>,
    commitments_more: usize,
    leads: Vec<LeadLine>,
    positions: Vec<PositionLine>,
    agreed_more: usize,
    days: Days,
    days_more: usize,
    note: String,
}

impl Known {
    fn of(w: Words, brief: Brief, (days, days_more): (Days, usize)) -> Self {
        let (asks, demands) = on_the_table(w, &brief.levels);
        let mut known = Self {
            levels: at_levels(w, &brief.levels),
            disclosed_more: 0,
            asks,
            demands,
            commitments_more: brief.commitments.len().saturating_sub(COMMITMENTS_SHOWN),
            agreed_more: brief.leads.len().saturating_sub(AGREED_SHOWN)
                + brief.common_positions.len().saturating_sub(AGREED_SHOWN),
            disclosed: brief.disclosed,
            commitments: brief.commitments,
            leads: brief.leads,
            positions: brief.common_positions,
            days,
            days_more,
            note: brief.handling.note,
        };
        known.commitments.truncate(COMMITMENTS_SHOWN);
        known.leads.truncate(AGREED_SHOWN);
        known.positions.truncate(AGREED_SHOWN);
        let Disclosed { summaries, dialogues, .. } = &mut known.disclosed;
        known.disclosed_more = (summaries.len() + dialogues.len()).saturating_sub(DISCLOSED_SHOWN);
        summaries.truncate(DISCLOSED_SHOWN);
        dialogues.truncate(DISCLOSED_SHOWN - summaries.len());
        known
    }
}

#[derive(Template)]
#[template(path = "armed_actor.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// The address of the operation.
    operation: String,
    id: Uuid,
    name: String,
    kind: &'static str,
    names: Names,
    said: Said,
    tree: TreeShown,
    areas: AreasShown,
    /// None for who reads no entries.
    known: Option<Known>,
}

impl Page {
    /// Below which the pages of armed actors are.
    fn actors(&self) -> String {
        format!("{}/armed-actors", self.operation)
    }
}

/// The armed actor.
pub fn show(visit: &Visit) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let (app, person, operation) = (&visit.app, visit.person()?, visit.operation());
    let (w, id) = (visit.words, visit.id()?);
    let family = family::family(app, person, operation, id)?;
    let known = if may(&entered, Action::ReadEntries) {
        let body = json!({"armed_actor": id});
        let brief = brief::brief(app, person, operation, &body)?;
        let happened = find::timeline(app, person, operation, &body)?.events;
        let days = timeline::by_day(w, &entered.key, happened, EVENTS_SHOWN);
        Some(Known::of(w, brief, days))
    } else {
        None
    };
    let areas = areas::areas(app, person, operation, id)?;
    let actor = &family.actor;
    Reply::page(&Page {
        w,
        frame: Frame::within(visit, &entered),
        operation: format!("/operations/{}", entered.key),
        id,
        name: actor.name.as_str().to_owned(),
        kind: actor.kind.entry().label_in(w.language),
        names: Names::of(w, actor),
        said: Said::of(w, actor),
        areas: AreasShown::of(w, areas),
        tree: TreeShown::of(w, family),
        known,
    })
}
