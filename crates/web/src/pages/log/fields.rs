//! The fields of the form in which an engagement is logged, and what is wrong with each.

use concord_domain::{
    fault::Fault,
    vocabulary::{
        Action, Channel, Closed, Code, DemandKind, EngagementStatus, Issue, Level, Method, Offer,
        Response, Term, TermType, ViaKind, in_language, vocabulary,
    },
};

use super::typed::{ASK, DEMAND, SHARING, Typed, of_term, terms_of};
use crate::{form::Problem, words::Words};

/// Codes to choose from, each with what it is called.
type Choices = Vec<(String, String)>;

/// A field in which one code is chosen.
pub struct Pick {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// The codes, each group under a name, or none.
    pub groups: Vec<(String, Choices)>,
    /// The one that is chosen.
    pub chosen: String,
    /// Whether none can be chosen.
    pub has_none: bool,
    /// What is wrong with it.
    pub problem: Option<Problem>,
}

/// A field into which something is typed.
pub struct Line {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// How it is typed.
    pub kind: Kind,
    /// What stands in it.
    pub value: String,
    /// What is to be known of it.
    pub about: Option<&'static str>,
    /// What is wrong with it.
    pub problem: Option<Problem>,
}

/// How something is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In a line.
    Text,
    /// In several.
    Area,
    /// As a day.
    Day,
    /// As a number.
    Number,
    /// By a tick.
    Tick,
}

impl Kind {
    /// The type of the input.
    pub const fn input(self) -> &'static str {
        match self {
            Self::Day => "date",
            Self::Text | Self::Area | Self::Number | Self::Tick => "text",
        }
    }

    /// With which keyboard it is typed.
    pub const fn keyboard(self) -> Option<&'static str> {
        if matches!(self, Self::Number) { Some("decimal") } else { None }
    }
}

/// A field.
pub enum Field {
    /// In which one code is chosen.
    Pick(Pick),
    /// Into which something is typed.
    Line(Line),
}

impl Field {
    const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Pick(pick) => pick.problem.as_ref(),
            Self::Line(line) => line.problem.as_ref(),
        }
    }
}

/// Whether something is wrong with one of these.
pub fn has_problem(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.problem().is_some())
}

/// What the fields are made of.
pub struct Making<'m> {
    /// What the visitor reads.
    pub w: Words,
    /// What stands in them.
    pub typed: &'m Typed,
    /// What is wrong.
    pub faults: &'m [Fault],
}

impl Making<'_> {
    /// The level.
    pub fn level(&self) -> Field {
        self.pick("level", "log.level", self.closed::<Level>())
    }

    /// Those that follow the place: when, how, what, how far, and who may see it.
    pub fn after_place(&self) -> Vec<Field> {
        vec![
            self.line("from", "log.from", Kind::Day, None),
            self.line("until", "log.until", Kind::Day, None),
            self.pick("method", "log.method", self.codes::<Method>("")),
            self.pick_of_groups("issue", "log.issue", self.issues()),
            self.pick_of_groups("what", "log.what", self.asks_and_demands()),
            self.pick("status", "log.status", self.closed::<EngagementStatus>()),
            self.pick("sharing", "log.sharing", self.sharing()),
        ]
    }

    /// What there is to say of an ask or a demand once it is chosen.
    pub fn terms(&self) -> Vec<Field> {
        if self.typed.demand().is_some() {
            return vec![self.pick("response", "log.response", self.codes::<Response>(""))];
        }
        let Some(action) = self.typed.action() else { return Vec::new() };
        let terms = terms_of(action).into_iter().map(|term| self.term(term));
        let offer = self.pick("offer", "log.offer", self.codes::<Offer>(""));
        terms.chain([offer]).collect()
    }

    /// The rest.
    pub fn more(&self) -> Vec<Field> {
        let listed = Some("log.listed_about");
        vec![
            self.line("more_places", "log.more_places", Kind::Text, listed),
            self.line("met_on", "log.met_on", Kind::Day, None),
            self.line("readers", "log.readers", Kind::Text, Some("log.readers_about")),
            self.line("partners", "log.partners", Kind::Text, listed),
            self.line("informed", "log.informed", Kind::Text, listed),
            self.pick("channel", "log.channel", self.codes::<Channel>("")),
            self.pick("via", "log.via", self.codes::<ViaKind>("")),
            self.line("via_consent", "log.via_consent", Kind::Tick, None),
            self.line("via_assessed", "log.via_assessed", Kind::Tick, None),
            self.line("consent_given", "log.consent_given", Kind::Day, Some("log.consent_about")),
            self.line("consent_until", "log.consent_until", Kind::Day, None),
            self.line("strategy", "log.strategy", Kind::Text, Some("log.strategy_about")),
            self.line("purpose", "log.purpose", Kind::Area, None),
            self.line("summary", "log.summary", Kind::Area, Some("log.summary_about")),
        ]
    }

    /// For which organisation it is logged, where there is a choice.
    pub fn organization(&self, organizations: Choices) -> Option<Field> {
        (organizations.len() > 1)
            .then(|| self.pick("organization", "log.organization", organizations))
    }

    /// What is wrong with a field.
    pub fn problem(&self, field: &str) -> Option<Problem> {
        let found = self.faults.iter().filter(|fault| field_of(&fault.pointer) == field);
        Problem::of_all(self.w, found)
    }

    fn pick(&self, name: &str, label: &'static str, choices: Choices) -> Field {
        self.pick_of_groups(name, label, vec![(String::new(), choices)])
    }

    fn pick_of_groups(
        &self,
        name: &str,
        label: &'static str,
        groups: Vec<(String, Choices)>,
    ) -> Field {
        Field::Pick(Pick {
            name: name.to_owned(),
            label: self.w.text(label).to_owned(),
            groups,
            chosen: self.typed.get(name).to_owned(),
            has_none: !matches!(name, "status" | "sharing" | "organization"),
            problem: self.problem(name),
        })
    }

    fn line(
        &self,
        name: &str,
        label: &'static str,
        kind: Kind,
        about: Option<&'static str>,
    ) -> Field {
        Field::Line(Line {
            name: name.to_owned(),
            label: self.w.text(label).to_owned(),
            kind,
            value: self.typed.get(name).to_owned(),
            about: about.map(|about| self.w.text(about)),
            problem: self.problem(name),
        })
    }

    fn term(&self, term: Term) -> Field {
        let name = of_term(term.code());
        let label = term.entry().label_in(self.w.language).to_owned();
        let problem = self.problem(&name);
        let value = self.typed.get(&name).to_owned();
        let kind = match term.value_type() {
            TermType::Number => Kind::Number,
            TermType::Day => Kind::Day,
            TermType::Text => Kind::Text,
            TermType::Code => {
                let labels = &term.entry().value_labels;
                let called = |code: &String| {
                    let label = labels.get(code).map(|label| in_language(label, self.w.language));
                    (code.clone(), label.unwrap_or(code).to_owned())
                };
                let choices = term.entry().values.iter().map(called).collect();
                let groups = vec![(String::new(), choices)];
                let chosen = value;
                return Field::Pick(Pick { name, label, groups, chosen, has_none: true, problem });
            }
        };
        Field::Line(Line { name, label, kind, value, about: None, problem })
    }

    fn closed<T: Closed>(&self) -> Choices {
        T::ALL.iter().map(|each| (each.code().to_owned(), self.w.of(*each).to_owned())).collect()
    }

    fn codes<C: Code>(&self, before: &str) -> Choices {
        let entries = vocabulary().entries(C::LIST).iter();
        let choice = |label: &str, code: &str| (format!("{before}{code}"), label.to_owned());
        entries.map(|entry| choice(entry.label_in(self.w.language), &entry.code)).collect()
    }

    /// The issues, each family under its name.
    fn issues(&self) -> Vec<(String, Choices)> {
        let mut groups: Vec<(String, Choices)> = Vec::new();
        for (code, label) in self.codes::<Issue>("") {
            if !code.contains('.') {
                groups.push((label.clone(), Vec::new()));
            }
            if let Some((_, issues)) = groups.last_mut() {
                issues.push((code, label));
            }
        }
        groups
    }

    fn asks_and_demands(&self) -> Vec<(String, Choices)> {
        vec![
            (self.w.text("log.we_ask").to_owned(), self.codes::<Action>(ASK)),
            (self.w.text("log.they_demand").to_owned(), self.codes::<DemandKind>(DEMAND)),
        ]
    }

    fn sharing(&self) -> Choices {
        let named = |name: &str| match name {
            "own_existence" => "log.share_own_existence",
            "own_summary" => "log.share_own_summary",
            "own_none" => "log.share_own_none",
            "operation" => "log.share_operation",
            _ => "log.share_own_match",
        };
        let choice = |name: &str| (name.to_owned(), self.w.text(named(name)).to_owned());
        SHARING.iter().map(|(name, ..)| choice(name)).collect()
    }
}

/// In which field something stands that is wrong; none for what stands in no field.
pub fn field_of(pointer: &str) -> String {
    let mut parts = pointer.split('/').skip(1);
    let member = parts.next().unwrap_or_default();
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let field = match (member, first, second) {
        ("armed_actor", ..) => "actor",
        ("places", "0" | "", _) => "place",
        ("places", ..) => "more_places",
        ("asks", _, "terms") => return of_term(parts.next().unwrap_or_default()),
        ("asks", _, "offer") => "offer",
        ("asks", _, "action") | ("demands", _, "kind") => "what",
        ("asks", ..) => "issue",
        ("demands", ..) => "response",
        ("audience" | "disclosure", ..) => "sharing",
        ("audience_organizations", ..) => "readers",
        ("contacts", ..) => "met_on",
        ("via", ..) => "via",
        ("consent", "until", _) => "consent_until",
        ("consent", ..) => "consent_given",
        (same, ..) => same,
    };
    field.to_owned()
}

#[cfg(test)]
mod tests {
    use super::field_of;

    #[test]
    fn what_is_wrong_stands_beside_what_was_typed() {
        for (pointer, field) in [
            ("/armed_actor", "actor"),
            ("/places", "place"),
            ("/places/0", "place"),
            ("/places/1", "more_places"),
            ("/asks/0/terms/route", "term_route"),
            ("/asks/0/issue", "issue"),
            ("/asks", "issue"),
            ("/asks/0/action", "what"),
            ("/demands/0/kind", "what"),
            ("/demands/0/response", "response"),
            ("/contacts/0/on", "met_on"),
            ("/via/kind", "via"),
            ("/consent/until", "consent_until"),
            ("/until", "until"),
            ("", ""),
        ] {
            assert_eq!(field_of(pointer), field, "{pointer}");
        }
    }
}
