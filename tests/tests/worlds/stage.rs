//! Who calls, in a registry that is copied for each world, and what they did there once.

use std::sync::{Arc, OnceLock};

use concord_app::samples::{SAMPLES, Sample};
use concord_domain::vocabulary::Role;
use concord_tests::{
    Database, PASSWORD, Registry,
    tape::Step,
    template::Template,
    walk::{
        Caller, DAY, Known, OPERATION, ORGANIZATION, Operation, Walk, code, come_back, complete,
        operations, outside, passkey_shown, text,
    },
};

use serde_json::{Value, json};

use crate::hidden::HIDERS;

/// Where the ids begin of those who are brought in for a caller.
const PEOPLE: u64 = 1 << 20;

/// Somebody of an organisation that hides things.
pub struct Hider {
    pub organization: &'static str,
    pub login: String,
    pub token: Option<String>,
}

/// What all worlds have in common.
pub struct Base {
    template: Template,
    pub hiders: Vec<Hider>,
    /// Somebody who manages the installation.
    pub manager: Option<String>,
    /// Somebody of the desk.
    pub keeper: Option<String>,
    /// A line of the callers' organisation, which all read.
    pub followed: String,
    /// The name of that organisation, which has asked others to be put in touch.
    pub asking: String,
    /// The code of an invitation that nobody has taken up.
    pub invitation: String,
    /// What somebody who has signed in shows in the second step: the challenge, and a code.
    pub second_step: (String, String),
    /// What a browser sends that was shown somebody's passkey.
    pub passkey: Value,
    /// What somebody comes back with from the identity provider.
    pub back: Value,
    pub operations: Vec<Operation>,
    stages: Vec<OnceLock<Stage>>,
}

/// The same with one caller in it.
pub struct Stage {
    template: Arc<Template>,
    pub caller: Caller,
    /// What the caller did for each operation, with the number of each step.
    pub tape: Vec<Vec<(usize, Step)>>,
    /// The token of the caller at the beginning.
    pub token: Option<String>,
    /// What the caller signs in with.
    pub login: String,
}

/// A copy in which ids are made of what they are of.
fn copied(template: &Template) -> Registry {
    let registry = template.copy();
    registry.ids.name_by_what();
    registry
}

/// Somebody with a second factor who has shown the first: the challenge, and a code of reserve, since
/// one of an app is good for half a minute.
fn second_step(registry: &Registry) -> (String, String) {
    let person = registry.member(OPERATION, ORGANIZATION);
    let enrolled = person.post("/v1/me/second-factor", &json!({})).expect(200);
    let shown = json!({"code": code(registry, &enrolled)});
    let confirmed = person.post("/v1/me/second-factor/confirmation", &shown).expect(200).body;
    let first = json!({"login": person.login, "password": PASSWORD});
    let asked = registry.nobody(OPERATION).post("/v1/tokens", &first).expect(200).body;
    (text(&asked["challenge"]), text(&confirmed["recovery_codes"][0]))
}

impl Base {
    pub fn on(database: Database) -> Self {
        let registry = Registry::reaching(database, outside());
        registry.ids.name_by_what();
        registry.set_day(DAY);
        let sample = Sample::named(OPERATION).unwrap_or(SAMPLES[0]);
        registry.import(&sample.bundle(registry.app.today()).expect("the sample"));
        complete(&registry);
        let own = registry.member(OPERATION, ORGANIZATION);
        let line = json!({"organization": ORGANIZATION, "armed_actor": "quay", "level": "tactical",
            "method": "negotiation", "status": "ongoing", "from": "2026-11-01",
            "audience": "operation"});
        let followed = own.post("engagements", &line).expect(201).body;
        // About all of its restricted lines but one, about which the callers ask.
        let flags = own.get("flags").expect(200).body;
        for line in flags["restricted"].as_array().into_iter().flatten().skip(1) {
            let wish = json!({"restricted": line["id"], "reason": "Before we go."});
            own.post("contact-requests", &wish).expect(201);
        }
        let asked = own.get("contact-requests").expect(200).body;
        let invited = json!({"login": "invited@rtw", "name": "Invited", "role": "member",
            "organization": ORGANIZATION});
        let focal_point = registry.person(OPERATION, Role::FocalPoint, Some(ORGANIZATION));
        let invited = focal_point.post("people", &invited).expect(201).body;
        let second_step = second_step(&registry);
        let person = registry.member(OPERATION, ORGANIZATION);
        let (passkey, back) = (passkey_shown(&registry, &person), come_back(&registry, &person));
        let hider = |organization: &&'static str| {
            let person = registry.person(OPERATION, Role::FocalPoint, Some(organization));
            Hider { organization, login: person.login.clone(), token: person.token.clone() }
        };
        let hiders = HIDERS.iter().map(hider).collect();
        let manager = registry.administrator().token.clone();
        let keeper = registry.desk(OPERATION).token.clone();
        let stages = Caller::all().iter().map(|_| OnceLock::new()).collect();
        let template = Template::of(registry);
        let followed = text(&followed["engagement"]["id"]);
        let asking = text(&asked["items"][0]["organization"]["name"]);
        let (operations, invitation) = (operations(), text(&invited["invitation_code"]));
        Self {
            template,
            hiders,
            manager,
            keeper,
            followed,
            asking,
            invitation,
            second_step,
            passkey,
            back,
            operations,
            stages,
        }
    }

    /// The stage of a caller, which is set up when it is first asked for.
    pub fn stage(&self, caller: Caller) -> &Stage {
        let at = Caller::all().iter().position(|each| *each == caller).expect("a caller");
        self.stages[at].get_or_init(|| Stage::of(self, caller))
    }
}

impl Stage {
    fn of(base: &Base, caller: Caller) -> Self {
        let registry = copied(&base.template);
        registry.ids.continue_at(PEOPLE);
        let walk = Walk::of(&registry, caller);
        let (people, own) = (walk.people(), walk.own.clone());
        drop(walk);
        let template = Arc::new(Template::of(registry));
        let (token, login) = (people[0].token.clone(), people[0].login.clone());
        let tape = recorded(&template, caller, (&people, own), &base.operations);
        Self { template, caller, tape, token, login }
    }

    /// The same calls by somebody else.
    pub fn as_told_to(&self, token: Option<String>) -> Self {
        let mut tape = self.tape.clone();
        for (_, step) in tape.iter_mut().flatten() {
            if let Step::Request(sent) = step
                && sent.token == self.token
            {
                sent.token.clone_from(&token);
            }
        }
        let (template, login) = (Arc::clone(&self.template), self.login.clone());
        Self { template, caller: self.caller, tape, token, login }
    }

    /// A world of its own.
    pub fn world(&self) -> Registry {
        copied(&self.template)
    }
}

/// What the caller does, and what is needed for that.
fn recorded(
    template: &Template,
    caller: Caller,
    (people, own): (&[Known], Option<String>),
    operations: &[Operation],
) -> Vec<Vec<(usize, Step)>> {
    let registry = copied(template);
    registry.tape.begin();
    let mut walk = Walk::resumed(&registry, caller, people, own);
    // What signs out comes last, so that each call can be left out without the others.
    let (ending, others): (Vec<&Operation>, Vec<&Operation>) =
        operations.iter().partition(|operation| operation.id.starts_with("sign_out"));
    let mut ends = Vec::new();
    for operation in others.into_iter().chain(ending) {
        let (path, body) = walk.prepared(operation);
        let answer = walk.call(operation, (&path, body.as_ref()));
        walk.settle(operation, &answer);
        ends.push(registry.tape.len());
    }
    drop(walk);
    // Those who only looked up what is there are left out.
    let is_help = |step: &Step| match step {
        Step::Request(sent) => {
            let helps = people[1..].iter().any(|helper| helper.token == sent.token);
            sent.call.is_none() && sent.method == "GET" && helps
        }
        _ => false,
    };
    let mut steps = registry.tape.end().into_iter().enumerate().peekable();
    let of_call = |end: usize| {
        let of: Vec<(usize, Step)> =
            std::iter::from_fn(|| steps.next_if(|(number, _)| *number < end)).collect();
        of.into_iter().filter(|(_, step)| !is_help(step)).collect()
    };
    ends.into_iter().map(of_call).collect()
}
