//! For how long an operation keeps entries of each class.

use askama::Template;
use concord_app::retention;
use concord_domain::{
    policy::Action,
    retention::{Periods, RETENTION_DAYS_MIN, RetentionClass},
};
use serde_json::{Value, json};

use super::kept;
use crate::{
    form::{Field, Form, Kind, Refused},
    frame::{self, Frame, may},
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

/// The members of the request and the classes that they are about.
const CLASSES: [(&str, RetentionClass); 3] = [
    ("community_days", RetentionClass::Community),
    ("engagement_days", RetentionClass::Engagement),
    ("commitment_days", RetentionClass::Commitment),
];

#[derive(Template)]
#[template(path = "retention.html", whitespace = "minimize")]
struct Page {
    w: Words,
    frame: Frame,
    /// Each class, with its days and the bounds of those.
    classes: Vec<(&'static str, usize, String)>,
    /// For who keeps the operation.
    form: Option<Form>,
}

fn address(visit: &Visit) -> String {
    format!("/operations/{}/retention", visit.operation())
}

const fn label(class: RetentionClass) -> &'static str {
    match class {
        RetentionClass::Community => "retention.community",
        RetentionClass::Engagement => "retention.engagement",
        RetentionClass::Commitment => "retention.commitment",
    }
}

const fn days(periods: Periods, class: RetentionClass) -> u32 {
    match class {
        RetentionClass::Community => periods.community,
        RetentionClass::Engagement => periods.engagement,
        RetentionClass::Commitment => periods.commitment,
    }
}

/// The periods.
pub fn show(visit: &Visit) -> Result<Reply> {
    page(visit, None)
}

/// Says others from now on, with a reason.
pub fn set(visit: &Visit) -> Result<Reply> {
    let body = body(visit);
    match retention::set_periods(&visit.app, visit.person()?, visit.operation(), &body) {
        Ok(_) => Ok(Reply::go_to(address(visit))),
        Err(error) => page(visit, Some(Refused::of(visit.words, error)?)),
    }
}

fn body(visit: &Visit) -> Value {
    let mut body = json!({});
    for (name, _) in CLASSES {
        if let Some(typed) = visit.field(name) {
            let number = typed.parse::<u32>().map(Value::from);
            body[name] = number.unwrap_or_else(|_| typed.into());
        }
    }
    if let Some(reason) = visit.field("reason") {
        body["reason"] = reason.replace("\r\n", "\n").into();
    }
    if visit.field("confirm_text").is_some() {
        body["confirm_text"] = true.into();
    }
    body
}

fn page(visit: &Visit, refused: Option<Refused>) -> Result<Reply> {
    let entered = frame::enter(visit)?;
    let w = visit.words;
    let periods = retention::periods(&visit.app, visit.person()?, visit.operation())?;
    let classes = CLASSES.map(|(_, class)| {
        let bounds = format!("{RETENTION_DAYS_MIN}–{}", class.days_max());
        let days = usize::try_from(days(periods, class)).unwrap_or_default();
        (w.text(label(class)), days, w.filled("retention.bounds", &bounds))
    });
    let mut page = Page {
        w,
        frame: Frame { here: address(visit), ..Frame::within(visit, &entered) },
        classes: classes.into(),
        form: None,
    };
    if !may(&entered, Action::KeepOperation) {
        return kept::only_read(&page, refused.as_ref());
    }
    let mut form = Form::new(visit, address(visit), "retention.do");
    for (name, class) in CLASSES {
        let field = Field::new(visit, name, label(class), Kind::Number);
        form = form.with(field.beginning_with(visit, days(periods, class).to_string()));
    }
    let reason = Field::new(visit, "reason", "retention.reason", Kind::Text);
    let form = form.with(reason.about(w.text("retention.reason_about"))).refused(w, refused);
    form.answer(|form| {
        page.form = Some(form);
        page
    })
}
