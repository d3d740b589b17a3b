//! What stands in the form in which an engagement is logged, and the same as the API takes it.

use std::collections::BTreeMap;

use concord_domain::vocabulary::{Action, Code, DemandKind, Term, TermType, vocabulary};
use serde_json::{Number, Value, json};

use crate::visit::Visit;

/// The fields that are one value each; the terms of an ask stand besides, as `term_…`.
const FIELDS: [&str; 28] = [
    "organization",
    "actor",
    "level",
    "place",
    "from",
    "until",
    "method",
    "issue",
    "what",
    "response",
    "offer",
    "status",
    "sharing",
    "readers",
    "more_places",
    "met_on",
    "partners",
    "informed",
    "channel",
    "via",
    "via_consent",
    "via_assessed",
    "consent_given",
    "consent_until",
    "strategy",
    "purpose",
    "summary",
    "check_purpose",
];

/// Who reads it and what others learn, each with its audience and its disclosure.
pub const SHARING: [(&str, &str, &str); 5] = [
    ("own_match", "own", "match"),
    ("own_existence", "own", "existence"),
    ("own_summary", "own", "summary"),
    ("own_none", "own", "none"),
    ("operation", "operation", "match"),
];

/// What an ask or a demand is written with in front of its code, since both are chosen in one field.
pub const ASK: &str = "ask:";
/// The same for demands.
pub const DEMAND: &str = "demand:";

/// What an engagement refers to, once it is clear which is meant.
pub struct Named {
    /// The organisation that leads it.
    pub organization: Option<String>,
    /// The armed actor.
    pub actor: Option<String>,
    /// The places.
    pub places: Vec<String>,
    /// The partners.
    pub partners: Vec<String>,
    /// The mechanisms that were told.
    pub informed: Vec<String>,
    /// The organisations that may read all of it.
    pub readers: Vec<String>,
}

/// What stands in the form.
pub struct Typed(BTreeMap<String, String>);

impl Typed {
    /// What a visitor has typed.
    pub fn of(visit: &Visit) -> Self {
        let terms = vocabulary().entries(Term::LIST).iter().map(|term| of_term(&term.code));
        let names = FIELDS.into_iter().map(str::to_owned).chain(terms);
        let typed = |name: String| {
            visit.field(&name).map(|value| (name.clone(), value.replace("\r\n", "\n")))
        };
        Self(names.filter_map(typed).collect())
    }

    /// A line that is begun today.
    pub fn blank(visit: &Visit) -> Self {
        let today = visit.app.today().to_string();
        let begun = [("from", today.as_str()), ("status", "ongoing"), ("sharing", SHARING[0].0)];
        Self(begun.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    /// The same line again, begun today: what happened on the former one is left out.
    pub fn again(visit: &Visit, former: &Value) -> Self {
        let Self(mut typed) = Self::blank(visit);
        let mut put = |name: &str, value: &Value| {
            let written = value.as_str().map(str::to_owned);
            let written = written.or_else(|| value.as_number().map(ToString::to_string));
            typed.extend(written.map(|value| (name.to_owned(), value)));
        };
        for name in ["organization", "level", "method", "channel", "strategy", "purpose", "summary"]
        {
            put(name, &former[name]);
        }
        put("via", &former["via"]["kind"]);
        let ask = &former["asks"][0];
        put("issue", &ask["issue"]);
        put("offer", &ask["offer"]);
        for (term, value) in ask["terms"].as_object().into_iter().flatten() {
            put(&of_term(term), value);
        }
        let demand = &former["demands"][0];
        if let Some(action) = ask["action"].as_str() {
            put("what", &json!(format!("{ASK}{action}")));
        } else if let Some(kind) = demand["kind"].as_str() {
            put("what", &json!(format!("{DEMAND}{kind}")));
            put("response", &demand["response"]);
        }
        let (audience, disclosure) = (&former["audience"], &former["disclosure"]);
        let shared = SHARING.into_iter().find(|(_, a, d)| audience == a && disclosure == d);
        put("sharing", &json!(shared.map_or(SHARING[0].0, |(name, ..)| name)));
        Self(typed)
    }

    /// What stands in a field; nothing if it is empty.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The names of the fields.
    pub const fn names() -> &'static [&'static str] {
        &FIELDS
    }

    /// The same with something in a field.
    pub fn with(mut self, name: &str, value: String) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// The action that is asked for.
    pub fn action(&self) -> Option<Action> {
        self.get("what").strip_prefix(ASK).and_then(Action::from_code)
    }

    /// What is demanded.
    pub fn demand(&self) -> Option<DemandKind> {
        self.get("what").strip_prefix(DEMAND).and_then(DemandKind::from_code)
    }

    /// The engagement as the API takes it.
    pub fn engagement(&self, named: &Named) -> Value {
        let mut body = json!({});
        put(&mut body, "organization", named.organization.as_deref());
        put(&mut body, "armed_actor", named.actor.as_deref());
        for name in ["level", "method", "status", "from", "until", "channel", "strategy"] {
            put(&mut body, name, Some(self.get(name)));
        }
        for name in ["purpose", "summary"] {
            put(&mut body, name, Some(self.get(name)));
        }
        for (name, ids) in [
            ("places", &named.places),
            ("partners", &named.partners),
            ("informed", &named.informed),
            ("audience_organizations", &named.readers),
        ] {
            if !ids.is_empty() {
                body[name] = json!(ids);
            }
        }
        let shared = SHARING.iter().find(|(name, ..)| *name == self.get("sharing"));
        if let Some((_, audience, disclosure)) = shared {
            let audience = if named.readers.is_empty() { audience } else { &"organizations" };
            body["audience"] = json!(audience);
            body["disclosure"] = json!(disclosure);
        }
        if !self.get("met_on").is_empty() {
            body["contacts"] = json!([{"on": self.get("met_on")}]);
        }
        self.put_part(&mut body);
        self.put_intermediary(&mut body);
        body
    }

    /// The question whether it would meet what may not be read, as the API takes it.
    pub fn question(&self, named: &Named) -> Value {
        let mut question = self.engagement(named);
        let logged = ["status", "audience", "audience_organizations", "disclosure", "contacts"];
        let texts = ["summary", "channel", "consent"];
        if let Some(members) = question.as_object_mut() {
            members.retain(|name, _| !logged.iter().chain(&texts).any(|other| other == name));
        }
        question["purpose"] = json!(self.get("check_purpose"));
        question
    }

    /// The ask or the demand.
    fn put_part(&self, body: &mut Value) {
        let what = self.get("what");
        if let Some(kind) = what.strip_prefix(DEMAND) {
            let mut demand = json!({ "kind": kind });
            put(&mut demand, "response", Some(self.get("response")));
            body["demands"] = json!([demand]);
            return;
        }
        let issue = self.get("issue");
        if what.is_empty() && issue.is_empty() {
            return;
        }
        let mut ask = json!({});
        put(&mut ask, "issue", Some(issue));
        put(&mut ask, "action", what.strip_prefix(ASK));
        put(&mut ask, "offer", Some(self.get("offer")));
        let terms = self.action().map(terms_of).unwrap_or_default().into_iter();
        let terms: serde_json::Map<String, Value> = terms
            .map(|term| (term, self.get(&of_term(term.code()))))
            .filter(|(_, value)| !value.is_empty())
            .map(|(term, value)| (term.code().to_owned(), value_of(term, value)))
            .collect();
        if !terms.is_empty() {
            ask["terms"] = Value::Object(terms);
        }
        body["asks"] = json!([ask]);
    }

    fn put_intermediary(&self, body: &mut Value) {
        if !self.get("via").is_empty() {
            let (agreed, assessed) = (self.get("via_consent"), self.get("via_assessed"));
            body["via"] = json!({
                "kind": self.get("via"),
                "consent": !agreed.is_empty(),
                "risk_assessed": !assessed.is_empty(),
            });
        }
        if !self.get("consent_given").is_empty() || !self.get("consent_until").is_empty() {
            body["consent"] = json!({});
            put(&mut body["consent"], "given", Some(self.get("consent_given")));
            put(&mut body["consent"], "until", Some(self.get("consent_until")));
        }
    }
}

/// The field of a term.
pub fn of_term(code: &str) -> String {
    format!("term_{code}")
}

/// The terms that an ask for an action may carry.
pub fn terms_of(action: Action) -> Vec<Term> {
    let named = action.entry().terms.iter();
    named.filter_map(|code| Term::from_code(code)).collect()
}

/// A value of a term; what is no number stays as it was typed, for it to be refused.
fn value_of(term: Term, typed: &str) -> Value {
    let number = || typed.replace(',', ".").parse::<Number>().ok();
    match term.value_type() {
        TermType::Number => number().map_or_else(|| typed.into(), Value::Number),
        TermType::Text | TermType::Day | TermType::Code => typed.into(),
    }
}

/// Puts a member into a body, unless it is empty.
fn put(body: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        body[name] = value.into();
    }
}
