//! Keys to offer for one that is not known, found by the names of what they stand for.

use super::{Field, Names};
use crate::{document::Called, fault::nearest};

/// The most keys that are offered.
const OFFERED_MAX: usize = 3;
/// Below this score none is offered.
const SCORE_MIN: f64 = 0.6;
/// How often names are gone through for one body; after that, only keys are.
const SEARCHES_MAX: usize = 10;

/// Keys, and the names of what they stand for.
#[derive(Debug, Default)]
pub struct Keyed {
    names: Names<usize>,
    keys: Vec<String>,
    searches: usize,
}

impl Keyed {
    /// Keys, and names that are told apart by the places of their keys.
    #[must_use]
    pub const fn new(keys: Vec<String>, names: Names<usize>) -> Self {
        Self { names, keys, searches: 0 }
    }

    /// Adds a key, and what the thing is called that it stands for, as far as that is known.
    pub fn add(&mut self, key: &str, called: Option<&Called>) {
        let place = self.keys.len();
        self.keys.push(key.to_owned());
        self.names.add(place, Field::Key, key);
        if let Some(called) = called {
            self.names.add_called(place, called, false);
        }
    }

    /// The keys whose names are most like what was written, then those that are themselves.
    pub fn nearest(&mut self, written: &str) -> Vec<String> {
        let mut offered: Vec<&str> = Vec::new();
        if self.searches < SEARCHES_MAX {
            self.searches += 1;
            let found = self.names.search(written, OFFERED_MAX);
            let near = found.iter().filter(|one| one.score >= SCORE_MIN);
            offered.extend(near.filter_map(|one| self.keys.get(one.of)).map(String::as_str));
        }
        for key in nearest(written, self.keys.iter().map(String::as_str)) {
            if !offered.contains(&key) {
                offered.push(key);
            }
        }
        offered.into_iter().take(OFFERED_MAX).map(str::to_owned).collect()
    }
}
