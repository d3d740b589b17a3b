//! A field of a form: what it is called, how it is typed or chosen, and what stands in it.

use serde_json::Value;

use super::{Problem, STATE};
use crate::visit::Visit;

/// How many boxes stand in a form unfolded.
const BOXES_MAX: usize = 8;

/// One of several that can be chosen.
pub struct Choice {
    /// What is sent of it.
    pub code: String,
    /// What it is called.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// How something is typed or chosen.
pub enum Kind {
    /// A line of so many characters.
    Line(usize),
    /// A line that is written from left to right in any language.
    Code(usize),
    /// A line with names to choose from as one types.
    Suggested(Vec<String>),
    /// A password, and how browsers fill it in.
    Password(&'static str),
    /// A code that changes.
    OneTimeCode,
    /// An e-mail address.
    EmailAddress,
    /// A day.
    Day,
    /// A whole number.
    Number,
    /// Several lines.
    Text,
    /// One of these; if it need not be any, none.
    One(Vec<Choice>),
    /// Any of these.
    Any(Vec<Choice>),
}

/// A field of a form.
pub struct Field {
    /// What it is sent as.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What is to be known of it.
    pub about: Option<&'static str>,
    /// How it is typed or chosen.
    pub kind: Kind,
    /// What stands in it.
    pub value: String,
    /// Whether it must be filled in.
    pub is_needed: bool,
    /// What is wrong with it.
    pub problem: Option<Problem>,
}

impl Field {
    /// A field that must be filled in, with what was typed into it.
    pub fn new(visit: &Visit, name: &'static str, label: &'static str, kind: Kind) -> Self {
        let value = match kind {
            Kind::Password(_) | Kind::OneTimeCode => String::new(),
            _ => visit.field(name).unwrap_or_default().to_owned(),
        };
        let label = visit.words.text(label);
        Self { name, label, about: None, kind, value, is_needed: true, problem: None }
    }

    /// The same, which can be left empty.
    pub fn optional(self) -> Self {
        Self { is_needed: false, ..self }
    }

    /// The same, with what is to be known of it.
    pub fn about(self, about: &'static str) -> Self {
        Self { about: Some(about), ..self }
    }

    /// The same, with what stands in it as long as nothing else was sent.
    pub fn beginning_with(self, visit: &Visit, value: impl Into<String>) -> Self {
        if visit.typed(self.name).is_some() { self } else { Self { value: value.into(), ..self } }
    }

    /// The same, with what stands of it in a thing that is amended, as long as the form was not sent.
    pub fn amending(mut self, visit: &Visit, before: &Value) -> Self {
        if before.is_null() || visit.typed(STATE).is_some() {
            return self;
        }
        let before = &before[self.name];
        match &mut self.kind {
            Kind::One(choices) | Kind::Any(choices) => {
                let is_there = |code: &str| match before {
                    Value::Array(codes) => codes.iter().any(|each| each == code),
                    code_before => code_before == code,
                };
                choices.iter_mut().for_each(|choice| choice.is_chosen = is_there(&choice.code));
            }
            _ => self.value = before.as_str().unwrap_or_default().to_owned(),
        }
        self
    }
}

impl Field {
    /// The boxes of which any can be ticked.
    pub fn boxes(&self) -> Option<&[Choice]> {
        match &self.kind {
            Kind::Any(choices) => Some(choices),
            _ => None,
        }
    }

    /// Whether its boxes are so many that they are unfolded by whoever needs them.
    pub fn is_folded(&self) -> bool {
        !self.is_needed && self.boxes().is_some_and(|boxes| boxes.len() > BOXES_MAX)
    }

    /// Whether any of its boxes is ticked.
    pub fn is_begun(&self) -> bool {
        self.boxes().is_some_and(|boxes| boxes.iter().any(|choice| choice.is_chosen))
    }

    /// The choices of which one can be made.
    pub fn choices(&self) -> Option<&[Choice]> {
        match &self.kind {
            Kind::One(choices) => Some(choices),
            _ => None,
        }
    }

    /// Whether it takes several lines.
    pub fn is_long(&self) -> bool {
        matches!(self.kind, Kind::Text)
    }

    /// The names that are offered as one types.
    pub fn names(&self) -> &[String] {
        match &self.kind {
            Kind::Suggested(names) => names,
            _ => &[],
        }
    }

    /// The attributes that it has as a line, each with its value.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let mut all: Vec<(&str, &str)> = match self.kind {
            Kind::Line(_) | Kind::Suggested(_) => vec![("dir", "auto"), ("autocomplete", "off")],
            Kind::Code(_) => vec![
                ("dir", "ltr"),
                ("autocomplete", "off"),
                ("autocapitalize", "none"),
                ("spellcheck", "false"),
            ],
            Kind::Password(filled) => {
                return [("type", "password"), ("dir", "auto"), ("autocomplete", filled)]
                    .map(|(name, value)| (name, value.to_owned()))
                    .to_vec();
            }
            Kind::OneTimeCode => vec![
                ("class", "code"),
                ("dir", "ltr"),
                ("autocomplete", "one-time-code"),
                ("autocapitalize", "none"),
                ("spellcheck", "false"),
            ],
            Kind::EmailAddress => {
                vec![("type", "email"), ("dir", "ltr"), ("autocomplete", "email")]
            }
            Kind::Day => vec![("type", "date")],
            Kind::Number => vec![("inputmode", "numeric"), ("dir", "ltr"), ("autocomplete", "off")],
            Kind::Text | Kind::One(_) | Kind::Any(_) => Vec::new(),
        };
        all.push(("value", &self.value));
        let longest = match self.kind {
            Kind::Line(most) | Kind::Code(most) => Some(("maxlength", most.to_string())),
            _ => None,
        };
        all.into_iter().map(|(name, value)| (name, value.to_owned())).chain(longest).collect()
    }
}
