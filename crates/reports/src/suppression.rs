//! Which figures an edition for handing round may show, so that none about fewer than three
//! organisations can be read or computed from it.
//!
//! What is counted stands in a tree: a whole, its rows, their cells. Each thing is counted in one
//! tree of a document and under one leaf of it. Then:
//!
//! 1. A figure is shown only if at least [`CONTRIBUTORS_MIN`] organisations contributed to it. An
//!    empty cell has no contributors; that nobody is there is not shown either.
//! 2. Below a figure that is not shown, none is.
//! 3. Where some parts of a shown whole are not shown, what is left of the whole is theirs. If
//!    fewer than [`CONTRIBUTORS_MIN`] organisations contributed to what is left, the part with the
//!    fewest contributors of those that could be shown is not shown either.
//!
//! **What is claimed.** Take of each shown whole its shown parts away: what remains are blocks that
//! do not overlap, and every shown figure is a sum of blocks. So whatever follows from the figures
//! by adding and taking away is about whole blocks, and each block has at least
//! [`CONTRIBUTORS_MIN`] contributors: no equation that follows from the document is about fewer,
//! and no figure that is not shown follows, since each is a proper part of a block. Nor does it
//! follow for a reader who knows that nothing is below zero, and knows these rules; that is
//! tried exhaustively on small tables.
//!
//! **What is not claimed.** A figure that is not shown lies between zero and its block, and has
//! fewer contributors than it would need or is the least of its kind. An organisation can take its
//! own part off a figure; two that put their parts together know what a third contributed to a
//! block of three. Documents for other periods and scopes are other documents: their differences
//! are not looked at here, which is why the scope of this edition is coarse.

use std::collections::BTreeSet;

/// How many organisations must have contributed to a figure that is shown.
pub const CONTRIBUTORS_MIN: usize = 3;

/// Things that are counted, and those that they are made up of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<O> {
    /// How many things.
    pub count: u64,
    /// Who contributed them.
    pub contributors: BTreeSet<O>,
    /// The parts, which do not overlap and together are the whole; a leaf has none.
    pub parts: Vec<Group<O>>,
}

/// What is shown of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shown {
    /// How many; none if it is not shown.
    pub count: Option<u64>,
    /// The parts.
    pub parts: Vec<Shown>,
}

impl<O: Clone + Ord> Group<O> {
    /// Nothing, in as many parts at each depth as the widths say.
    #[must_use]
    pub fn empty(widths: &[usize]) -> Self {
        let parts = match widths {
            [] => Vec::new(),
            [width, rest @ ..] => (0..*width).map(|_| Self::empty(rest)).collect(),
        };
        Self { count: 0, contributors: BTreeSet::new(), parts }
    }

    /// Counts one thing under the leaf to which a path leads.
    ///
    /// # Panics
    /// When the path leads nowhere.
    pub fn add(&mut self, path: &[usize], contributors: &BTreeSet<O>) {
        self.count += 1;
        self.contributors.extend(contributors.iter().cloned());
        match path {
            [] => assert!(self.parts.is_empty(), "a thing is counted under a leaf"),
            [first, rest @ ..] => self.parts[*first].add(rest, contributors),
        }
    }

    fn may_be_shown(&self) -> bool {
        self.contributors.len() >= CONTRIBUTORS_MIN
    }

    /// What may be shown of it.
    #[must_use]
    pub fn shown(&self) -> Shown {
        if !self.may_be_shown() {
            return self.hidden();
        }
        let mut is_shown: Vec<bool> = self.parts.iter().map(Self::may_be_shown).collect();
        let left: BTreeSet<&O> = self
            .parts
            .iter()
            .zip(&is_shown)
            .filter(|(_, is_shown)| !**is_shown)
            .flat_map(|(part, _)| &part.contributors)
            .collect();
        let is_anything_left = is_shown.contains(&false);
        if is_anything_left && left.len() < CONTRIBUTORS_MIN {
            let least = (0..self.parts.len()).filter(|at| is_shown[*at]).min_by_key(|at| {
                let part = &self.parts[*at];
                (part.contributors.len(), part.count)
            });
            if let Some(least) = least {
                is_shown[least] = false;
            }
        }
        let parts = self.parts.iter().zip(is_shown);
        Shown {
            count: Some(self.count),
            parts: parts
                .map(|(part, is_shown)| if is_shown { part.shown() } else { part.hidden() })
                .collect(),
        }
    }

    fn hidden(&self) -> Shown {
        Shown { count: None, parts: self.parts.iter().map(Self::hidden).collect() }
    }
}

#[cfg(test)]
mod algebra;
#[cfg(test)]
mod tests;
