//! What is drawn of who talks to whom, and the tables that say the same. On a page there is room
//! for what weighs most; how much is left out is said.

use std::collections::{BTreeMap, BTreeSet};

use concord_domain::vocabulary::{Closed, Level};
use concord_reports::{
    chart::{
        self, Direction,
        graph::{self, Graph, Tie},
        grid::{self, Cell, Grid},
    },
    disclosed::Disclosed,
    network::{Edge, Network, NetworkGap},
};
use uuid::Uuid;

use crate::words::Words;

/// How many ties the graph shows.
const TIES_MAX: usize = 30;
/// How many rows and columns a matrix shows.
const ROWS_MAX: usize = 15;
const COLUMNS_MAX: usize = 9;
/// How many gaps, and how many lines of what others disclose, are shown.
const GAPS_MAX: usize = 24;
const DISCLOSED_MAX: usize = 20;

/// One organisation's talking to one armed actor at one level.
pub struct TieRow {
    /// Who.
    pub organization: String,
    /// To whom: the id, and what it is called.
    pub armed_actor: (Uuid, String),
    /// What that is part of.
    pub part_of: Option<String>,
    /// At what level.
    pub level: String,
    /// In how many lines.
    pub lines: usize,
    /// On how many days they met.
    pub days: usize,
    /// The last of them.
    pub last: Option<String>,
}

/// A matrix, and the same as a table.
pub struct Matrix {
    /// The drawing.
    pub drawing: String,
    /// What the columns are called.
    pub columns: Vec<String>,
    /// What each row is called, and what stands in its cells.
    pub rows: Vec<(String, Vec<String>)>,
    /// How many rows and columns are left out.
    pub more: usize,
}

/// Everything that is shown of who talks to whom.
pub struct Drawn {
    /// From when to when.
    pub period: (String, String),
    /// The graph.
    pub graph: String,
    /// The same as a table.
    pub ties: Vec<TieRow>,
    /// How many ties are left out.
    pub ties_more: usize,
    /// Organisations and armed actors.
    pub actors: Matrix,
    /// Armed actors and issues.
    pub issues: Matrix,
    /// Whom a gap is about, and what is missing.
    pub gaps: Vec<((Uuid, String), String)>,
    /// How many gaps are left out.
    pub gaps_more: usize,
    /// What others disclose.
    pub disclosed: Disclosed,
    /// How much of that is left out.
    pub disclosed_more: usize,
    /// Whether there was more than could be looked at.
    pub cut: bool,
    /// What it covers.
    pub note: String,
}

impl Drawn {
    /// What is shown of a network.
    pub fn of(w: Words, mut network: Network) -> Self {
        let tops = Tops::of(&network);
        let edges = weightiest(&network.edges, TIES_MAX, |edge| edge.engagements);
        let mut gaps: Vec<_> = network.gaps.iter().map(|gap| gap_row(w, gap)).collect();
        gaps.dedup();
        let gaps_more = gaps.len().saturating_sub(GAPS_MAX);
        gaps.truncate(GAPS_MAX);
        let disclosed = &mut network.disclosed;
        let all = disclosed.summaries.len() + disclosed.dialogues.len();
        disclosed.summaries.truncate(DISCLOSED_MAX);
        disclosed.dialogues.truncate(DISCLOSED_MAX - disclosed.summaries.len());
        let left = disclosed.summaries.len() + disclosed.dialogues.len();
        Self {
            period: (w.written_day(&network.from), w.written_day(&network.until)),
            graph: graph(w, &edges, &tops),
            ties: edges.iter().map(|edge| tie_row(w, edge, &tops)).collect(),
            ties_more: network.edges.len() - edges.len(),
            actors: actors(w, &network, &tops),
            issues: issues(w, &network, &tops),
            gaps,
            gaps_more,
            disclosed: network.disclosed,
            disclosed_more: all - left,
            cut: network.cut,
            note: network.note,
        }
    }

    /// Whether nobody talks to anybody, as far as the visitor may read.
    pub fn is_silent(&self) -> bool {
        self.ties.is_empty()
    }
}

fn direction(w: Words) -> Direction {
    if w.language.is_right_to_left() { Direction::RightToLeft } else { Direction::LeftToRight }
}

/// What weighs most of some things, in their order.
fn weightiest<T>(all: &[T], max: usize, weight: impl Fn(&T) -> usize) -> Vec<&T> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(weight(&all[*at])), *at));
    order.truncate(max);
    order.sort_unstable();
    order.into_iter().map(|at| &all[at]).collect()
}

/// The names of the topmost armed actors, by the ids of those below them and their own.
struct Tops(BTreeMap<Uuid, (Uuid, String)>);

impl Tops {
    fn of(network: &Network) -> Self {
        let pair = |actor: &concord_reports::network::NetworkActor| {
            (actor.armed_actor.id, (actor.topmost.id, actor.topmost.name.clone()))
        };
        Self(network.armed_actors.iter().map(pair).collect())
    }

    /// By which an armed actor is put in order: units stand behind what they are part of.
    fn place(&self, (id, name): (Uuid, &str)) -> Place {
        let own = (id, name.to_owned());
        let top = self.0.get(&id).unwrap_or(&own);
        Place { order: (top.1.clone(), top.0 != id), name: name.to_owned(), id: id.to_string() }
    }

    /// What an armed actor is part of.
    fn above(&self, id: Uuid) -> Option<String> {
        self.0.get(&id).filter(|(top, _)| *top != id).map(|(_, name)| name.clone())
    }
}

/// A row or a column, and where it stands among the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    order: (String, bool),
    name: String,
    id: String,
}

fn graph(w: Words, edges: &[&Edge], tops: &Tops) -> String {
    let by_name = |edge: &&Edge| (edge.organization.name.clone(), edge.organization.id);
    let from: BTreeSet<(String, Uuid)> = edges.iter().map(by_name).collect();
    let place = |edge: &Edge| tops.place((edge.armed_actor.id, &edge.armed_actor.name));
    let to: BTreeSet<Place> = edges.iter().map(|edge| place(edge)).collect();
    let (from, to): (Vec<_>, Vec<_>) = (from.into_iter().collect(), to.into_iter().collect());
    let tie = |edge: &&Edge| {
        Some(Tie {
            from: from.binary_search(&by_name(edge)).ok()?,
            to: to.binary_search(&place(edge)).ok()?,
            kind: Level::ALL.iter().position(|level| level.code() == edge.level.code)?,
        })
    };
    let ties = edges.iter().filter_map(tie).collect();
    let graph = Graph {
        name: "graph".to_owned(),
        title: w.text("network.graph").to_owned(),
        about: w.text("network.graph_about").to_owned(),
        from: from.into_iter().map(|(name, _)| name).collect(),
        to: to.into_iter().map(|place| place.name).collect(),
        kinds: Level::ALL.iter().map(|level| w.of(*level).to_owned()).collect(),
        ties,
    };
    chart::within_page(&graph::svg(&graph, direction(w)))
}

fn tie_row(w: Words, edge: &Edge, tops: &Tops) -> TieRow {
    TieRow {
        organization: edge.organization.name.clone(),
        armed_actor: (edge.armed_actor.id, edge.armed_actor.name.clone()),
        part_of: tops.above(edge.armed_actor.id),
        level: edge.level.label.clone(),
        lines: edge.engagements,
        days: edge.contacts,
        last: edge.last_contact.as_deref().map(|day| w.written_day(day)),
    }
}

fn gap_row(w: Words, gap: &NetworkGap) -> ((Uuid, String), String) {
    let missing = match (&gap.issue, &gap.level) {
        (Some(issue), _) => w.filled("network.gap_issue", &issue.label),
        (None, Some(level)) => w.filled("network.gap_level", &level.label),
        (None, None) => w.text("network.gap_actor").to_owned(),
    };
    ((gap.armed_actor.id, gap.armed_actor.name.clone()), missing)
}

/// What stands in a matrix: its row, its column, and how much it weighs.
type Placed = (Place, Place, Cell, usize);

fn actors(w: Words, network: &Network, tops: &Tops) -> Matrix {
    let cells = network.organization_by_actor.iter().map(|cell| {
        let (row, column) = (&cell.organization, &cell.armed_actor);
        let order = (String::new(), false);
        let row = Place { order, name: row.name.clone(), id: row.id.to_string() };
        let column = tops.place((column.id, &column.name));
        (row, column, Cell::Count(cell.engagements as u64), cell.engagements)
    });
    matrix(w, ("actors", "network.actors", "network.actors_about"), &cells.collect::<Vec<_>>())
}

fn issues(w: Words, network: &Network, tops: &Tops) -> Matrix {
    let cells = network.actor_by_issue.iter().map(|cell| {
        let row = tops.place((cell.armed_actor.id, &cell.armed_actor.name));
        let code = cell.issue.code.clone();
        let column =
            Place { order: (code.clone(), false), name: cell.issue.label.clone(), id: code };
        let value = match cell.asks {
            0 if cell.risks > 0 => Cell::Gap,
            asks => Cell::Count(asks as u64),
        };
        (row, column, value, cell.asks + cell.risks)
    });
    matrix(w, ("issues", "network.issues", "network.issues_about"), &cells.collect::<Vec<_>>())
}

/// Those for which there is room, in their order.
fn kept(weights: BTreeMap<&Place, usize>, max: usize) -> Vec<&Place> {
    let all: Vec<(&Place, usize)> = weights.into_iter().collect();
    let kept = weightiest(&all, max, |(_, weight)| *weight);
    kept.into_iter().map(|(place, _)| *place).collect()
}

/// The rows and the columns for which there is room, and how many of both are left out. None of them
/// is empty, which it would seem to be if all that stands in it were left out.
fn fitted(placed: &[Placed]) -> (Vec<&Place>, Vec<&Place>, usize) {
    let mut columns = BTreeMap::new();
    for (_, column, _, weight) in placed {
        *columns.entry(column).or_default() += weight;
    }
    let all_columns = columns.len();
    let mut columns = kept(columns, COLUMNS_MAX);
    let (mut all_rows, mut rows) = (BTreeSet::new(), BTreeMap::new());
    for (row, column, _, weight) in placed {
        all_rows.insert(row);
        if columns.contains(&column) {
            *rows.entry(row).or_default() += weight;
        }
    }
    let rows = kept(rows, ROWS_MAX);
    let is_shown = |shown: &&Place| {
        placed.iter().any(|(row, column, ..)| column == *shown && rows.contains(&row))
    };
    columns.retain(is_shown);
    let more = all_rows.len() - rows.len() + all_columns - columns.len();
    (rows, columns, more)
}

/// What stands in a cell, in words.
fn said(w: Words, cell: Cell) -> String {
    match cell {
        Cell::Empty | Cell::Count(0) => String::new(),
        Cell::Count(count) => count.to_string(),
        Cell::Gap => format!("{} {}", grid::GAP, w.text("network.gap")),
    }
}

fn matrix(
    w: Words,
    (name, title, about): (&str, &'static str, &'static str),
    placed: &[Placed],
) -> Matrix {
    let (rows, columns, more) = fitted(placed);
    let mut cells = vec![vec![Cell::Empty; columns.len()]; rows.len()];
    for (row, column, cell, _) in placed {
        if let (Ok(row), Ok(column)) = (rows.binary_search(&row), columns.binary_search(&column)) {
            cells[row][column] = *cell;
        }
    }
    let names = |of: &[&Place]| of.iter().map(|place| place.name.clone()).collect::<Vec<_>>();
    let grid = Grid {
        name: name.to_owned(),
        title: w.text(title).to_owned(),
        about: w.text(about).to_owned(),
        rows: names(&rows),
        columns: names(&columns),
        cells,
    };
    let said = |cells: &Vec<Cell>| cells.iter().map(|cell| said(w, *cell)).collect();
    let cells: Vec<Vec<String>> = grid.cells.iter().map(said).collect();
    Matrix {
        drawing: chart::within_page(&grid::svg(&grid, direction(w))),
        columns: grid.columns,
        rows: grid.rows.into_iter().zip(cells).collect(),
        more,
    }
}
