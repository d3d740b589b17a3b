//! What stands around every page: who is where, and where one can go from there.

use concord_app::access::{self, Entered};
use concord_domain::policy::{Action, Decision, decide};

use crate::{
    assets,
    visit::{Result, Visit},
};

/// What stands around a page.
pub struct Frame {
    /// The address of the stylesheet.
    pub style: String,
    /// The address of the mark.
    pub mark: String,
    /// Where one comes back to after choosing a language.
    pub here: String,
    /// What forms carry; none if nobody is signed in.
    pub form_token: Option<String>,
    /// The operation that it is about.
    pub operation: Option<Operation>,
}

/// An operation, and what of it the visitor can go to.
pub struct Operation {
    /// Its key, as it stands in addresses.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Who visits.
    pub visitor: String,
    /// Whether people practise in it.
    pub is_exercise: bool,
    /// The pages of it, each with its address, its name and whether it is this one.
    pub pages: Vec<(String, &'static str, bool)>,
}

impl Frame {
    /// Around a page for anybody, in no operation.
    pub fn bare(here: &str, form_token: Option<&str>) -> Self {
        Self {
            style: assets::style(),
            mark: assets::mark(),
            here: here.to_owned(),
            form_token: form_token.map(str::to_owned),
            operation: None,
        }
    }

    /// Around a page that is in no operation.
    pub fn outside(visit: &Visit) -> Self {
        Self::bare(&visit.path, visit.form_token())
    }

    /// What a form of the page carries; nothing if nobody is signed in.
    pub fn token(&self) -> &str {
        self.form_token.as_deref().unwrap_or_default()
    }

    /// The key of the operation that it is about; nothing outside of one.
    pub fn key(&self) -> &str {
        self.operation.as_ref().map_or("", |operation| &operation.key)
    }

    /// Whether people practise in the operation that it is about.
    pub fn is_exercise(&self) -> bool {
        self.operation.as_ref().is_some_and(|operation| operation.is_exercise)
    }

    /// Around a page in an operation.
    pub fn within(visit: &Visit, entered: &Entered) -> Self {
        Self { operation: Some(operation(visit, entered)), ..Self::outside(visit) }
    }
}

/// Who the visitor is in the operation of the path.
///
/// # Errors
/// When there is no such operation, or the visitor is nobody in it.
pub fn enter(visit: &Visit) -> Result<Entered> {
    Ok(access::enter(&visit.app, visit.person()?, visit.operation())?)
}

/// Whether somebody may do something, so that they are not led to what they would be refused.
pub fn may(entered: &Entered, action: Action) -> bool {
    decide(&entered.caller, action, None) == Decision::Allow
}

fn operation(visit: &Visit, entered: &Entered) -> Operation {
    let home = format!("/operations/{}", entered.key);
    let mut pages = vec![(home.clone(), visit.words.text("nav.home"))];
    if may(entered, Action::ReadEntries) {
        if !entered.organizations.is_empty() {
            pages.push((format!("{home}/log"), visit.words.text("nav.log")));
        }
        pages.push((format!("{home}/flags"), visit.words.text("nav.flags")));
        pages.push((format!("{home}/meeting"), visit.words.text("nav.meeting")));
        pages.push((format!("{home}/network"), visit.words.text("nav.network")));
        pages.push((format!("{home}/report"), visit.words.text("nav.report")));
    }
    if may(entered, Action::ReadReference) {
        pages.push((format!("{home}/armed-actors"), visit.words.text("nav.armed_actors")));
    }
    if !entered.organizations.is_empty() || may(entered, Action::ReadQueue) {
        pages.push((format!("{home}/contact"), visit.words.text("nav.contact")));
    }
    if may(entered, Action::ReadQueue) {
        pages.push((format!("{home}/queue"), visit.words.text("nav.queue")));
    }
    if may(entered, Action::ReadReference) {
        pages.push((format!("{home}/setup"), visit.words.text("setup.title")));
    }
    pages.push((format!("{home}/learn"), visit.words.text("nav.learn")));
    let here = |page: &str| {
        visit
            .path
            .strip_prefix(page)
            .is_some_and(|rest| rest.is_empty() || (page != home && rest.starts_with('/')))
    };
    let pages = pages.into_iter().map(|(page, name)| {
        let is_here = here(&page);
        (page, name, is_here)
    });
    Operation {
        key: entered.key.clone(),
        name: entered.name.clone(),
        visitor: entered.visitor.clone(),
        is_exercise: entered.is_exercise,
        pages: pages.collect(),
    }
}
