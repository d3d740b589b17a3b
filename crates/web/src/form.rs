//! A form: its fields as they stand in it, what was typed, and what is wrong with that.

use actix_web::http::StatusCode;
use askama::Template;
use concord_app::Error;
use concord_domain::{
    fault::{Fault, FaultCode, Pointer},
    vocabulary::{Closed, Code, vocabulary},
};
use serde_json::{Map, Value};

use crate::{
    reply::Reply,
    visit::{Result, Visit},
    words::Words,
};

mod field;

pub use field::{Choice, Field, Kind};

/// The field with the key under which a form can be sent twice and done once.
const ONCE: &str = "once";
/// The field with the state of a thing that is amended, as it was when the form was made.
pub const STATE: &str = "state";

/// What is wrong with what was typed.
pub struct Problem {
    /// What it is.
    pub said: String,
    /// What a use case says of it, in English.
    pub detail: Option<String>,
}

/// The choices of a closed list, by these codes, one of which may be chosen.
pub fn closed<T: Closed>(visit: &Visit, name: &str, codes: &[T]) -> Kind {
    let chosen = visit.all_of(name);
    let choice = |each: &T| Choice {
        code: each.code().to_owned(),
        label: visit.words.of(*each).to_owned(),
        is_chosen: chosen.contains(&each.code()),
    };
    Kind::One(codes.iter().map(choice).collect())
}

/// The choices of an open list, as they are called in a language.
fn open<T: Code>(visit: &Visit, name: &str) -> Vec<Choice> {
    let chosen = visit.all_of(name);
    let choice = |entry: &concord_domain::vocabulary::Entry| Choice {
        code: entry.code.clone(),
        label: entry.label_in(visit.words.language).to_owned(),
        is_chosen: chosen.contains(&entry.code.as_str()),
    };
    vocabulary().entries(T::LIST).iter().map(choice).collect()
}

/// One of an open list.
pub fn one_of<T: Code>(visit: &Visit, name: &str) -> Kind {
    Kind::One(open::<T>(visit, name))
}

/// Any of an open list.
pub fn any_of<T: Code>(visit: &Visit, name: &str) -> Kind {
    Kind::Any(open::<T>(visit, name))
}

/// Things by their ids and names, to choose from.
pub fn named(visit: &Visit, name: &str, things: &[(String, String)]) -> Vec<Choice> {
    let chosen = visit.all_of(name);
    let choice = |(id, label): &(String, String)| Choice {
        code: id.clone(),
        label: label.clone(),
        is_chosen: chosen.contains(&id.as_str()),
    };
    things.iter().map(choice).collect()
}

/// What a use case refused that can be mended in the form.
pub struct Refused {
    /// With which status it is answered.
    pub status: StatusCode,
    /// After how many seconds it can be sent again.
    pub seconds: Option<u64>,
    faults: Vec<Fault>,
    said: Option<Problem>,
}

impl Refused {
    /// What an error means for who sent a form; the error again, if the form cannot be mended.
    ///
    /// # Errors
    /// Such an error.
    pub fn of(w: Words, error: Error) -> Result<Self> {
        let plain = |status, said: String, detail| {
            let said = Some(Problem { said, detail });
            Self { status, faults: Vec::new(), said, seconds: None }
        };
        match error {
            Error::Invalid(faults) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Ok(Self { status, faults, said: None, seconds: None })
            }
            Error::Conflict(detail) => {
                let said = w.text("refusal.conflict").to_owned();
                Ok(plain(StatusCode::CONFLICT, said, Some(detail)))
            }
            Error::TooManyTries(seconds) => {
                let minutes = seconds.div_ceil(60).to_string();
                let said = w.filled("refusal.too_many_advice", &minutes);
                let refused = plain(StatusCode::TOO_MANY_REQUESTS, said, None);
                Ok(Self { seconds: Some(seconds), ..refused })
            }
            other => Err(other.into()),
        }
    }

    /// Something that is wrong with no field of it.
    pub fn saying(status: StatusCode, said: &str) -> Self {
        let said = Some(Problem { said: said.to_owned(), detail: None });
        Self { status, faults: Vec::new(), said, seconds: None }
    }

    /// One thing that is wrong with a field, which the page itself has found.
    pub fn at(name: &str, code: FaultCode, detail: &str) -> Self {
        let root = Pointer::ROOT;
        let faults = vec![Fault::new(&root.member(name), code, detail)];
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, faults, said: None, seconds: None }
    }
}

/// A form.
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// What it carries unseen.
    pub carried: Vec<(&'static str, String)>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What its button says.
    pub button: &'static str,
    /// What is wrong with it, but for what is wrong with one field.
    pub problems: Vec<Problem>,
    /// Whether something was found in a text that can be confirmed to be none.
    pub can_confirm: bool,
    status: StatusCode,
    seconds: Option<u64>,
}

impl Form {
    /// A form of this session, which can be sent twice and is done once.
    pub fn new(visit: &Visit, action: impl Into<String>, button: &'static str) -> Self {
        let token = visit.form_token().unwrap_or_default().to_owned();
        Self {
            action: action.into(),
            carried: vec![("form_token", token), (ONCE, visit.new_key())],
            fields: Vec::new(),
            button: visit.words.text(button),
            problems: Vec::new(),
            can_confirm: false,
            status: StatusCode::OK,
            seconds: None,
        }
    }

    /// The same, with another field.
    pub fn with(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// The same, with another field, if there is anything to choose in it.
    pub fn with_any(self, field: Field) -> Self {
        match &field.kind {
            Kind::One(choices) | Kind::Any(choices) if choices.is_empty() => self,
            _ => self.with(field),
        }
    }

    /// The same, with something that it carries unseen.
    pub fn carrying(mut self, name: &'static str, value: String) -> Self {
        self.carried.push((name, value));
        self
    }

    /// The same, with what is wrong with it.
    pub fn refused(mut self, w: Words, refused: Option<Refused>) -> Self {
        let Some(refused) = refused else { return self };
        (self.status, self.seconds) = (refused.status, refused.seconds);
        self.problems.extend(refused.said);
        self.can_confirm = refused.faults.iter().any(|fault| fault.finding.is_some());
        for fault in &refused.faults {
            let name = fault.pointer.split('/').nth(1).unwrap_or_default();
            let field = self.fields.iter_mut().find(|field| field.name == name);
            match field.filter(|field| field.problem.is_none()) {
                Some(field) => field.problem = Some(Problem::of(w, fault)),
                None => self.problems.extend(Problem::each(w, [fault])),
            }
        }
        self
    }

    /// The page with this form in it, answered with the status that the form has.
    ///
    /// # Errors
    /// If it cannot be rendered.
    pub fn answer<T: Template>(self, page: impl FnOnce(Self) -> T) -> Result<Reply> {
        let (status, seconds) = (self.status, self.seconds);
        Ok(Reply::with_status(status, &page(self))?.after(seconds))
    }

    /// Whether something is wrong with one of its fields.
    pub fn is_marked(&self) -> bool {
        self.fields.iter().any(|field| field.problem.is_some())
    }
}

impl Problem {
    /// What the page says by itself.
    pub fn plain(said: &str) -> Self {
        Self { said: said.to_owned(), detail: None }
    }

    /// What each of these says, where it does not stand at its field.
    pub fn each<'f>(w: Words, faults: impl IntoIterator<Item = &'f Fault>) -> Vec<Self> {
        let apart =
            |fault: &Fault| Self { detail: Some(fault.detail.clone()), ..Self::of(w, fault) };
        faults.into_iter().map(apart).collect()
    }

    /// What several that are wrong with one field say together; nothing if there are none.
    pub fn of_all<'f>(w: Words, faults: impl IntoIterator<Item = &'f Fault>) -> Option<Self> {
        let all = faults.into_iter().map(|fault| Self::of(w, fault));
        all.reduce(|first, next| {
            let is_said = first.said.contains(&next.said);
            let details: Vec<String> = first.detail.into_iter().chain(next.detail).collect();
            Self {
                said: if is_said { first.said } else { format!("{} {}", first.said, next.said) },
                detail: (!details.is_empty()).then(|| details.join("; ")),
            }
        })
    }

    /// What is wrong, in the reader's words, and what a use case says of it.
    pub fn of(w: Words, fault: &Fault) -> Self {
        use FaultCode as F;
        let said = match fault.code {
            F::Missing => "fault.missing",
            F::DuplicateKey => "fault.taken",
            F::UnknownCode | F::UnknownReference => "fault.unknown",
            F::TooLong => "fault.too_long",
            F::OutOfRange => "fault.out_of_range",
            F::ReversedWindow => "fault.reversed",
            F::SensitiveDetail => "fault.sensitive",
            F::WrongPassword => "fault.password",
            F::WrongCode => "fault.code",
            F::Malformed | F::UnsafeText | F::WrongType => "fault.malformed",
            F::Cycle | F::SelfReference => "fault.itself",
            F::TermNotTaken => "fault.not_taken",
            F::InFuture => "fault.in_future",
            F::Inconsistent => "fault.inconsistent",
            F::UnknownMember => "fault.other",
        };
        let is_enough = matches!(fault.code, F::Missing | F::DuplicateKey | F::WrongPassword);
        let detail = (!is_enough).then(|| fault.detail.clone());
        Self { said: w.text(said).to_owned(), detail }
    }
}

/// The key under which a form was made.
pub fn once(visit: &Visit) -> Option<&str> {
    visit.field(ONCE)
}

/// A body with all of these members, those that were left empty too: what a thing is amended to.
pub fn whole_body(visit: &Visit, lines: &[&str], lists: &[&str]) -> Value {
    let mut whole = body(visit, lines, lists);
    let emptied = lines.iter().map(|name| (name, Value::Null));
    for (name, empty) in emptied.chain(lists.iter().map(|name| (name, Value::Array(Vec::new())))) {
        if whole.get(name).is_none() {
            whole[*name] = empty;
        }
    }
    whole
}

/// A body with the members that were filled in.
pub fn body(visit: &Visit, lines: &[&str], lists: &[&str]) -> Value {
    let mut body = Map::new();
    for name in lines {
        if let Some(value) = visit.field(name) {
            body.insert((*name).to_owned(), value.replace("\r\n", "\n").into());
        }
    }
    for name in lists {
        let all = visit.all_of(name);
        if !all.is_empty() {
            body.insert((*name).to_owned(), all.into());
        }
    }
    if visit.field("confirm_text").is_some() {
        body.insert("confirm_text".to_owned(), true.into());
    }
    body.into()
}
