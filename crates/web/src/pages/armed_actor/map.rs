//! Where an armed actor is, as a map of points and as a table that says the same.

use concord_app::outlook::areas::{Area, Areas};
use concord_reports::chart::{
    self,
    map::{self, Map, Point},
};

use crate::words::Words;

/// How many places are shown.
const AREAS_SHOWN: usize = 30;

/// A place in the table.
pub struct AreaRow {
    /// Its number on the map; none if no point of it is known.
    pub number: Option<usize>,
    /// What it is called.
    pub name: String,
    /// What it lies in.
    pub within: Option<String>,
    /// Who is said to be there.
    pub present: String,
    /// How many lines name it.
    pub lines: usize,
    /// How many commitments name it.
    pub commitments: usize,
}

/// The map and the table.
pub struct AreasShown {
    /// The map; empty if no point is known.
    pub map: String,
    /// The table.
    pub rows: Vec<AreaRow>,
    /// How many places are left out.
    pub more: usize,
}

/// The kinds of points, by their places in the key of the map.
const KINDS: [&str; 3] =
    ["armed_actor.point_lines", "armed_actor.point_commitments", "armed_actor.point_present"];

fn kind(area: &Area) -> usize {
    match area {
        Area { lines: 1.., .. } => 0,
        Area { commitments: 1.., .. } => 1,
        _ => 2,
    }
}

impl AreasShown {
    /// What is shown of some areas.
    pub fn of(w: Words, found: Areas) -> Self {
        let more = found.areas.len().saturating_sub(AREAS_SHOWN);
        let mut points = Vec::new();
        let mut rows = Vec::new();
        for area in found.areas.into_iter().take(AREAS_SHOWN) {
            if let Some((latitude, longitude)) = area.point {
                let (label, kind) = (area.name.clone(), kind(&area));
                points.push(Point { label, latitude, longitude, kind });
            }
            rows.push(AreaRow {
                number: area.point.map(|_| points.len()),
                name: area.name,
                within: area.within,
                present: w.language.list(&area.present),
                lines: area.lines,
                commitments: area.commitments,
            });
        }
        let around = found.around.into_iter().map(|(label, (latitude, longitude))| Point {
            label,
            latitude,
            longitude,
            kind: 0,
        });
        let map = Map {
            name: "areas".to_owned(),
            title: w.text("armed_actor.areas").to_owned(),
            about: w.text("armed_actor.areas_about").to_owned(),
            scale: w.text("armed_actor.scale").to_owned(),
            kinds: KINDS.map(|key| w.text(key).to_owned()).to_vec(),
            points,
            around: around.collect(),
        };
        Self { map: chart::within_page(&map::svg(&map)), rows, more }
    }
}
