//! The code lists that the registry speaks, read from the data files beside this crate.
//!
//! A code of an open list ([`Issue`], [`Action`] …) is a handle on its entry, so that a rule reads
//! a property (`method.stance()`) and never compares with a particular code. A closed list
//! ([`Level`], [`AskStatus`] …) is an enum, since the code branches on it; its labels stand in
//! the same files.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::{language::Language, lineage};

mod closed;
mod codes;

pub use closed::*;
pub use codes::*;

/// A text in each language, by its code.
pub type Label = BTreeMap<String, String>;

/// A text in a language.
#[must_use]
pub fn in_language(label: &Label, language: Language) -> &str {
    let text = label.get(language.code()).or_else(|| label.get(Language::English.code()));
    text.map_or("", String::as_str)
}

/// One entry of a list. What a list does not use is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// The code, which never changes.
    pub code: String,
    /// What people call it.
    pub label: Label,
    /// What it covers.
    pub definition: Label,
    /// Whose list it comes from.
    pub source: Option<String>,
    /// Actions: the terms that an ask with this action may carry.
    pub terms: Vec<String>,
    /// Terms: the type of a value.
    #[serde(rename = "type")]
    pub term_type: Option<TermType>,
    /// Terms of type `code`: the values.
    pub values: Vec<String>,
    /// Terms of type `code`: what people call the values.
    pub value_labels: BTreeMap<String, Label>,
    /// Terms: `true` if it says what an ask is about. Demands: the terms that it is about.
    pub object: Object,
    /// Demands: the issue that it belongs to.
    pub issue: Option<String>,
    /// Demands: the actions by which another organisation asks the actor to give it up.
    pub given_up_by: Vec<String>,
    /// Responses: which way the demand is answered.
    pub side: Option<Side>,
    /// Methods: whether it is done in public.
    pub stance: Option<Stance>,
    /// Kinds of organisation: whether the community itself leads it.
    pub community_led: bool,
    /// Kinds of intermediary: whether it is less protected than those it speaks for.
    pub less_protected: bool,
}

impl Entry {
    /// What people call it in a language.
    #[must_use]
    pub fn label_in(&self, language: Language) -> &str {
        in_language(&self.label, language)
    }
}

/// The type of a term's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermType {
    /// A JSON number.
    Number,
    /// A text.
    Text,
    /// A day as text.
    Day,
    /// One of the term's values.
    Code,
}

/// What `object` says of an entry.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Object {
    /// Whether a term says what an ask is about.
    Marked(bool),
    /// The object terms that a demand is about.
    Terms(BTreeMap<String, String>),
}

impl Default for Object {
    fn default() -> Self {
        Self::Marked(false)
    }
}

/// Which way a demand is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The organisation gives what is demanded.
    Accepting,
    /// The organisation does not.
    Refusing,
    /// Neither, or it is not said.
    Undecided,
}

/// Whether a method is carried out in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Between the two alone.
    Quiet,
    /// Before everybody.
    Public,
}

/// Two actions that cannot both be granted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opposition {
    /// The two actions.
    pub actions: [String; 2],
    /// Whether they clash on any issues, or only on related ones.
    pub issues: OpposedOn,
    /// Why they cannot both be granted.
    pub why: Label,
}

/// On which issues two actions clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpposedOn {
    /// Whatever the issues.
    Any,
    /// On related issues alone.
    Related,
}

/// An access and a protection issue whose talks can undermine each other.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The access issue; the codes below it are meant too.
    pub access: String,
    /// The protection issue; the codes below it are meant too.
    pub protection: String,
    /// How the one can undermine the other.
    pub why: Label,
}

/// One list with its entries in the order in which people expect them.
#[derive(Debug)]
pub struct List {
    /// The name of the list.
    pub name: &'static str,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// All of it.
#[derive(Debug)]
pub struct Vocabulary {
    /// The lists, by file and then by their first entry.
    pub lists: Vec<List>,
    /// Which actions are opposed.
    pub opposed: Vec<Opposition>,
    /// Which issues are linked across the two fronts.
    pub linked: Vec<Link>,
}

/// The files, each with the lists that it holds.
const FILES: [(&str, &[&str]); 5] = [
    (include_str!("../vocabulary/issues.toml"), &["issue"]),
    (include_str!("../vocabulary/actions.toml"), &["action", "term"]),
    (include_str!("../vocabulary/demands.toml"), &["demand", "response"]),
    (
        include_str!("../vocabulary/practice.toml"),
        &[
            "level",
            "method",
            "approach",
            "channel",
            "offer",
            "armed_actor_kind",
            "organization_kind",
            "mechanism_kind",
            "via_kind",
            "commitment_kind",
            "failure_reason",
            "position_role",
        ],
    ),
    (
        include_str!("../vocabulary/registry.toml"),
        &[
            "engagement_status",
            "ask_status",
            "commitment_status",
            "finding",
            "flag_class",
            "severity",
            "flag_state",
            "resolution",
            "audience",
            "disclosure",
            "role",
            "flag_kind",
        ],
    ),
];

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut whole = Vocabulary { lists: Vec::new(), opposed: Vec::new(), linked: Vec::new() };
    for (text, lists) in FILES {
        read_file(text, lists, &mut whole)
            .unwrap_or_else(|error| unreachable!("the vocabulary is compiled in: {error}"));
    }
    whole
});

/// The vocabulary.
#[must_use]
pub fn vocabulary() -> &'static Vocabulary {
    &VOCABULARY
}

fn read_file(
    text: &'static str,
    lists: &[&'static str],
    whole: &mut Vocabulary,
) -> Result<(), toml::de::Error> {
    let mut table: toml::Table = text.parse()?;
    for &name in lists {
        if let Some(entries) = table.remove(name) {
            whole.lists.push(List { name, entries: entries.try_into()? });
        }
    }
    if let Some(opposed) = table.remove("opposed") {
        whole.opposed = opposed.try_into()?;
    }
    if let Some(linked) = table.remove("linked") {
        whole.linked = linked.try_into()?;
    }
    match table.keys().next() {
        Some(unknown) => Err(serde::de::Error::custom(format!("no list is called {unknown}"))),
        None => Ok(()),
    }
}

impl Vocabulary {
    /// The entries of a list; none if there is no such list.
    #[must_use]
    pub fn entries(&self, list: &str) -> &[Entry] {
        self.lists.iter().find(|each| each.name == list).map_or(&[], |list| &list.entries)
    }

    /// The entry of a list that has this code.
    #[must_use]
    pub fn entry(&self, list: &str, code: &str) -> Option<&Entry> {
        self.entries(list).iter().find(|entry| entry.code == code)
    }
}

/// The row that says that two actions cannot both be granted, if there is one.
#[must_use]
pub fn opposition(a: Action, b: Action) -> Option<&'static Opposition> {
    let pair = [a.code(), b.code()];
    vocabulary().opposed.iter().find(|row| {
        let [first, second] = &row.actions;
        pair == [first, second] || pair == [second, first]
    })
}

/// The row that links two issues across the two fronts, if there is one.
#[must_use]
pub fn link(a: Issue, b: Issue) -> Option<&'static Link> {
    let holds = |link: &Link, access: Issue, protection: Issue| {
        lineage::contains(&link.access, access.code())
            && lineage::contains(&link.protection, protection.code())
    };
    vocabulary().linked.iter().find(|link| holds(link, a, b) || holds(link, b, a))
}

#[cfg(test)]
mod tests;
