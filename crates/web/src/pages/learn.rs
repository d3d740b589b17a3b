//! Learning: a first quarter of an hour, what the words mean, and what others have written.

use askama::Template;
use concord_domain::{
    guidance::{Fit, fitting},
    policy::Action,
    rules::RULES,
    vocabulary::{Code, Issue, Method, in_language, vocabulary},
};

use crate::{
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// The lists whose words stand in forms and on pages, each with what it is called.
const LISTS: [(&str, &str); 12] = [
    ("level", "log.level"),
    ("method", "log.method"),
    ("approach", "learn.approach"),
    ("engagement_status", "log.status"),
    ("audience", "entry.read_by"),
    ("disclosure", "entry.disclosed"),
    ("response", "log.response"),
    ("severity", "learn.severity"),
    ("flag_class", "learn.flag_class"),
    ("resolution", "flag.settle"),
    ("demand", "log.they_demand"),
    ("issue", "log.issue"),
];

/// A word and what it means.
struct Term {
    label: String,
    definition: String,
}

/// The words of a list.
struct List {
    code: &'static str,
    name: &'static str,
    terms: Vec<Term>,
}

/// A kind of flag.
struct Kind {
    title: &'static str,
    holds_when: &'static str,
    settled_by: &'static str,
}

/// A published document.
struct Document {
    title: String,
    about: String,
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "learn.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    home: String,
    logs: bool,
    reads: bool,
    lists: Vec<List>,
    kinds: Vec<Kind>,
    issues: Vec<(String, String, bool)>,
    methods: Vec<(String, String, bool)>,
    documents: Vec<Document>,
}

/// The page.
pub fn show(visit: &Visit) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let issue = visit.field("issue").and_then(Issue::from_code);
    let method = visit.field("method").and_then(Method::from_code);
    let asked: (Vec<Issue>, Vec<Method>) =
        (issue.into_iter().collect(), method.into_iter().collect());
    let about = |rule: &&concord_domain::rules::Rule| {
        let about = rule.about(w.language);
        Kind { title: about.title, holds_when: about.holds_when, settled_by: about.settled_by }
    };
    Reply::page(&Page {
        w,
        home: format!("/operations/{}", entered.key),
        logs: !entered.organizations.is_empty(),
        reads: may(&entered, Action::ReadEntries),
        lists: LISTS.into_iter().map(|(code, name)| list(w, code, name)).collect(),
        kinds: RULES.iter().map(about).collect(),
        issues: choices::<Issue>(w, visit.field("issue")),
        methods: choices::<Method>(w, visit.field("method")),
        documents: fitting(&asked.0, &asked.1).into_iter().map(|fit| document(w, &fit)).collect(),
        frame: Frame::within(visit, &entered),
    })
}

fn list(w: Words, code: &'static str, name: &'static str) -> List {
    let term = |entry: &concord_domain::vocabulary::Entry| Term {
        label: entry.label_in(w.language).to_owned(),
        definition: in_language(&entry.definition, w.language).to_owned(),
    };
    List { code, name: w.text(name), terms: vocabulary().entries(code).iter().map(term).collect() }
}

/// The codes of a list to choose from, and which one is chosen.
fn choices<C: Code>(w: Words, chosen: Option<&str>) -> Vec<(String, String, bool)> {
    let entries = vocabulary().entries(C::LIST).iter();
    let choice =
        |code: &str, label: &str| (code.to_owned(), label.to_owned(), chosen == Some(code));
    entries.map(|entry| choice(&entry.code, entry.label_in(w.language))).collect()
}

fn document(w: Words, fit: &Fit) -> Document {
    let of = fit.guidance;
    let year = of.year.map(|year| year.to_string());
    let about = [of.publisher.clone(), year, Some(of.kind_in(w.language).to_owned())];
    let address = of.address.as_deref().map(|address| {
        let without_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
        without_scheme.to_owned()
    });
    let about: Vec<String> = about.into_iter().flatten().collect();
    Document { title: of.title.clone(), about: about.join(" · "), address }
}
