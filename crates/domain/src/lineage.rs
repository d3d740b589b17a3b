//! Where a thing stands in its tree, as one dotted path from the root: `a.b.c`.
//!
//! Places, armed actors and issues are trees, and every question that a rule or a query asks of
//! them ("is one above the other?", "everything below") is a question about a common beginning
//! of two such paths. As text under a bytewise order, everything below `a.b` lies between
//! `a.b.` and `a.b/`, so an ordinary index answers it; as `.` is followed by `/`.

use std::fmt;

/// A dotted path from the root of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lineage(String);

impl Lineage {
    /// The lineage that a stored or composed path stands for.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The lineage of a child whose own part is `segment`, which holds no dot.
    #[must_use]
    pub fn child(parent: Option<&Self>, segment: &str) -> Self {
        match parent {
            Some(parent) => Self(format!("{}.{segment}", parent.0)),
            None => Self(segment.to_owned()),
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `self` is `other` or above it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        contains(&self.0, &other.0)
    }

    /// Whether the two are the same, or one is above the other.
    #[must_use]
    pub fn in_line(&self, other: &Self) -> bool {
        in_line(&self.0, &other.0)
    }

    /// The root of its tree.
    #[must_use]
    pub fn root(&self) -> Self {
        Self(self.up().next().unwrap_or_default().to_owned())
    }

    /// Itself and everything above it, from the root down.
    pub fn up(&self) -> impl Iterator<Item = &str> {
        self.0
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'.')
            .map(|(at, _)| &self.0[..at])
            .chain([self.0.as_str()])
    }

    /// The half-open range of paths, in bytewise order, that lie below this one.
    #[must_use]
    pub fn below(&self) -> (String, String) {
        (format!("{}.", self.0), format!("{}/", self.0))
    }

    /// How many steps it is from the root; a root is 1 deep.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.up().count()
    }

    /// The same node after the ancestor `from` has become `to`.
    #[must_use]
    pub fn moved(&self, from: &Self, to: &Self) -> Self {
        match self.0.strip_prefix(&from.0) {
            Some(rest) if from.contains(self) => Self(format!("{}{rest}", to.0)),
            _ => self.clone(),
        }
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the dotted path `above` is `path` or an ancestor of it.
#[must_use]
pub fn contains(above: &str, path: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether two dotted paths are equal or one is an ancestor of the other.
#[must_use]
pub fn in_line(a: &str, b: &str) -> bool {
    contains(a, b) || contains(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_in_line_and_a_sibling_or_a_longer_name_is_not() {
        let unit = Lineage::new("a.b");
        assert!(Lineage::new("a").contains(&unit) && !unit.contains(&Lineage::new("a")));
        assert!(unit.in_line(&Lineage::new("a.b.c")));
        assert!(!unit.in_line(&Lineage::new("a.c")) && !unit.in_line(&Lineage::new("a.bc")));
    }

    #[test]
    fn what_lies_below_is_a_range_in_bytewise_order() {
        let (low, high) = Lineage::new("a.b").below();
        for (path, inside) in [("a.b.0", true), ("a.b.zz.q", true), ("a.b", false), ("a.bc", false)]
        {
            assert_eq!(low.as_str() <= path && path < high.as_str(), inside, "{path}");
        }
    }

    #[test]
    fn a_move_carries_the_whole_subtree_and_nothing_else() {
        let (from, to) = (Lineage::new("a.b"), Lineage::new("c.b"));
        assert_eq!(Lineage::new("a.b.x").moved(&from, &to).as_str(), "c.b.x");
        assert_eq!(Lineage::new("a.bc").moved(&from, &to).as_str(), "a.bc");
        assert_eq!(Lineage::new("a.b.c").up().collect::<Vec<_>>(), ["a", "a.b", "a.b.c"]);
    }
}
