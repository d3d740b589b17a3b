//! What whoever sets an operation up does first, step by step.

use concord_app::{access::Entered, desk_changes};
use concord_domain::{
    document::{ArmedActor, Mechanism, Organization, Place},
    policy::Action,
};

use super::kept::is_without;
use crate::{
    frame::may,
    visit::{Result, Visit},
    words::Words,
};

/// A step.
pub struct Step {
    /// What is done in it.
    pub name: &'static str,
    /// Why, and how.
    pub about: &'static str,
    /// Where; none where no page does it yet.
    pub address: Option<String>,
    /// Whether it is done.
    pub is_done: bool,
}

/// What is there of what every dialogue refers to.
struct Standing {
    organizations: bool,
    mechanisms: bool,
    places: bool,
    armed_actors: bool,
}

fn standing(visit: &Visit) -> Result<Standing> {
    Ok(Standing {
        organizations: !is_without::<Organization>(visit)?,
        mechanisms: !is_without::<Mechanism>(visit)?,
        places: !is_without::<Place>(visit)?,
        armed_actors: !is_without::<ArmedActor>(visit)?,
    })
}

/// The steps for who keeps an operation in which something is missing that all else needs; none
/// otherwise.
pub fn where_needed(visit: &Visit, entered: &Entered) -> Result<Option<Vec<Step>>> {
    if !may(entered, Action::KeepReference) {
        return Ok(None);
    }
    let standing = standing(visit)?;
    let is_ready = standing.organizations && standing.places && standing.armed_actors;
    if is_ready { Ok(None) } else { steps(visit, entered, &standing).map(Some) }
}

/// The steps.
pub fn all(visit: &Visit, entered: &Entered) -> Result<Vec<Step>> {
    steps(visit, entered, &standing(visit)?)
}

fn steps(visit: &Visit, entered: &Entered, standing: &Standing) -> Result<Vec<Step>> {
    let w: Words = visit.words;
    let desk = desk_changes::people(&visit.app, visit.person()?, visit.operation())?;
    let step = |(name, about), page: Option<&str>, is_done| Step {
        name: w.text(name),
        about: w.text(about),
        address: page.map(|page| format!("/operations/{}/{page}", entered.key)),
        is_done,
    };
    let mut steps = vec![
        step(
            ("guide.mechanisms", "guide.mechanisms_about"),
            Some("mechanisms"),
            standing.mechanisms,
        ),
        step(
            ("guide.organizations", "guide.organizations_about"),
            Some("organizations"),
            standing.organizations,
        ),
        step(("guide.desk", "guide.desk_about"), Some("desk"), desk.len() > 1),
    ];
    if may(entered, Action::InviteFirstFocalPoint) {
        // Who the people of an organisation are is not for whoever invites its first.
        steps.push(step(("guide.people", "guide.people_about"), Some("people"), false));
    }
    let reference = standing.places && standing.armed_actors;
    steps.push(step(("guide.reference", "guide.reference_about"), None, reference));
    steps.push(step(("guide.retention", "guide.retention_about"), Some("retention"), false));
    Ok(steps)
}
