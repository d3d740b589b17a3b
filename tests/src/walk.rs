//! A walk through every operation of the document: as everybody whom it can be called as, with a
//! request made from the document's own example and the ids of real things.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use concord_domain::vocabulary::{Closed, Role};
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::{
    Answer, Outside, PASSWORD, Person, Registry, SHARED_ADDRESS,
    authenticator::Device,
    contract::contract,
    mailbox::Mailbox,
    provider::{Played, sent_there},
};

/// The sample that the examples of the document are about, and the day that they are written for.
pub const OPERATION: &str = "exercise";
pub const DAY: &str = "2026-11-20";
/// The organisation that the examples speak for.
pub const ORGANIZATION: &str = "rtw";
/// Another.
const OTHER: &str = "noor";

/// Everybody who can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Somebody in the operation.
    Is(Role),
    /// Whoever manages the installation, without a role in the operation.
    Installation,
    /// Somebody signed in who has no part in the operation.
    Stranger,
    /// Somebody whose account was closed while the token still held.
    Disabled,
    /// Nobody.
    Anonymous,
    /// Somebody who is everything that one can be, and proved it long ago.
    Standing,
    /// A tool of somebody who is everything that one can be, with the widest scope.
    Tool,
}

impl Caller {
    /// Every caller.
    pub fn all() -> Vec<Self> {
        let roles = Role::ALL.iter().map(|role| Self::Is(*role));
        let others = [
            Self::Installation,
            Self::Stranger,
            Self::Disabled,
            Self::Anonymous,
            Self::Standing,
            Self::Tool,
        ];
        roles.chain(others).collect()
    }

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Is(Role::Member) => "member",
            Self::Is(Role::FocalPoint) => "focal_point",
            Self::Is(Role::Desk) => "desk",
            Self::Is(Role::Auditor) => "auditor",
            Self::Is(Role::Administrator) => "administrator",
            Self::Installation => "installation",
            Self::Stranger => "stranger",
            Self::Disabled => "disabled",
            Self::Anonymous => "anonymous",
            Self::Standing => "standing",
            Self::Tool => "tool",
        }
    }
}

/// For which organisation somebody has a role.
pub fn organization(role: Role) -> Option<&'static str> {
    matches!(role, Role::Member | Role::FocalPoint).then_some(ORGANIZATION)
}

/// An operation of the document.
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its method.
    pub method: String,
    /// Its path, with what is to be put in in braces.
    pub path: String,
    /// Whether it takes calls of anybody.
    pub is_open: bool,
    /// Whether it is of a state that has a tag.
    pub needs_match: bool,
    /// The example of its body.
    pub example: Option<Value>,
    /// As it stands in the document.
    pub written: Value,
}

/// Every operation: those that make things first, and those that end them last.
pub fn operations() -> Vec<Operation> {
    let document = contract().document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let mut needed = parameters.filter(|parameter| parameter["required"] == true);
            let body = &operation["requestBody"]["content"]["application/json"];
            let (id, needs_body) = (&operation["operationId"], operation.get("requestBody"));
            assert!(needs_body.is_none() || body.get("example").is_some(), "{id} has no example");
            all.push(Operation {
                id: operation["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                is_open: operation.get("security").is_none(),
                needs_match: needed.any(|parameter| parameter["name"] == "If-Match"),
                example: body.get("example").cloned(),
                written: operation.clone(),
            });
        }
    }
    let ends = |each: &Operation| each.method == "DELETE" || each.path.ends_with("/retraction");
    all.sort_by_key(|each| (ends(each), each.path.matches('{').count()));
    all
}

/// A registry with the sample in it, one caller, and people who can look up what is there.
pub struct Walk<'r> {
    registry: &'r Registry,
    /// Who calls.
    pub is: Caller,
    /// The caller.
    pub caller: Person<'r>,
    helpers: Vec<Person<'r>>,
    /// The organisation that the caller acts for.
    pub own: Option<String>,
}

impl<'r> Walk<'r> {
    /// Brings the caller into a registry.
    pub fn of(registry: &'r Registry, caller: Caller) -> Self {
        let person = match caller {
            Caller::Is(role) => registry.person(OPERATION, role, organization(role)),
            Caller::Installation => registry.administrator(),
            Caller::Stranger | Caller::Disabled => {
                let login = format!("{}@nowhere", caller.name());
                registry.account(&login, false);
                let person = registry.signed_in(&login, OPERATION);
                if caller == Caller::Disabled {
                    registry.close(&login);
                }
                person
            }
            Caller::Anonymous => registry.nobody(OPERATION),
            Caller::Standing | Caller::Tool => everything(registry),
        };
        let in_operation = Role::ALL.iter();
        let mut helpers: Vec<Person<'_>> = in_operation
            .map(|role| registry.person(OPERATION, *role, organization(*role)))
            .collect();
        helpers.push(registry.administrator());
        // A receipt of a check can be read, and the sample has none.
        let check = operations().into_iter().find(|operation| operation.id == "check");
        let question = check.and_then(|check| check.example).expect("a question");
        helpers[0].post("checks", &question).expect(200);
        helpers[0].post(TOOLS, &tool()).expect(201);
        bring_in(&helpers[0]);
        let mut walk = Self { registry, is: caller, caller: person, helpers, own: None };
        walk.link(&walk.helpers[0]);
        if let Caller::Is(Role::Member | Role::FocalPoint) | Caller::Standing | Caller::Tool =
            caller
        {
            walk.own = Some(walk.own_organization());
        }
        if caller == Caller::Tool {
            walk.caller.token =
                Some(text(&walk.caller.post(TOOLS, &tool()).expect(201).body["token"]));
        }
        walk
    }

    /// Who was brought in, to be found again in a copy of the registry.
    pub fn people(&self) -> Vec<Known> {
        let all = std::iter::once(&self.caller).chain(&self.helpers);
        all.map(|person| Known {
            login: person.login.clone(),
            token: person.token.clone(),
            refresh_token: person.refresh_token.clone(),
            operation: person.operation.clone(),
        })
        .collect()
    }

    /// The same in a copy of the registry.
    pub fn resumed(
        registry: &'r Registry,
        is: Caller,
        people: &[Known],
        own: Option<String>,
    ) -> Self {
        let mut all = people.iter().map(|known| Person {
            registry,
            login: known.login.clone(),
            token: known.token.clone(),
            refresh_token: known.refresh_token.clone(),
            operation: known.operation.clone(),
        });
        let caller = all.next().expect("the caller is the first");
        Self { registry, is, caller, helpers: all.collect(), own }
    }

    /// Lets it be long ago that the caller proved who they are.
    fn age(&self) {
        let sessions = items(&self.caller.get("/v1/me/sessions").expect(200));
        let this = sessions.iter().find(|each| each["current"] == true).expect("one is this");
        self.registry.age(text(&this["id"]).parse().expect("an id"));
    }

    /// What somebody comes back with from the identity provider who was sent there with this answer.
    fn back(&self, sent: &Answer, subject: &str) -> Value {
        returned(self.registry, sent, subject)
    }

    /// Links somebody to what they are at the identity provider, if they can be.
    fn link(&self, person: &Person<'_>) {
        let sent = person.post("/v1/me/oidc", &json!({"for": "link"}));
        if sent.status == 200 {
            let back = self.back(&sent, &person.login);
            person.post("/v1/me/oidc/callback", &back).expect(204);
        }
    }

    /// Lets whoever proved it long ago prove again who they are.
    fn prove(&self) {
        if self.is == Caller::Standing {
            let proof = json!({"password": PASSWORD});
            self.caller.post("/v1/tokens/step-up", &proof).expect(204);
        }
    }

    /// The address that the caller sets, if they can, with a fresh proof.
    fn set_address(&self) -> Option<String> {
        self.prove();
        // Other registries are walked through at the same time.
        static SET: AtomicU64 = AtomicU64::new(0);
        let address = format!("caller-{}@field.example", SET.fetch_add(1, Ordering::Relaxed));
        let wanted = json!({"address": address, "sends": "each"});
        (self.caller.post("/v1/me/email", &wanted).status == 204).then_some(address)
    }

    /// What a browser sends when a device is asked for its passkey with this answer.
    fn show(&self, device: &mut Device, asked: &Answer) -> Value {
        device.show(&asked.body["options"], SHARED_ADDRESS)
    }

    /// Makes ready for a call, and answers its path and its body.
    pub fn prepared(&mut self, operation: &Operation) -> (String, Option<Value>) {
        if NEED_A_PASSKEY.contains(&operation.id.as_str()) {
            self.prove();
            bring_in(&self.caller);
        }
        if self.is == Caller::Standing {
            self.age();
        }
        if operation.id == "end_session" && self.caller.get("/v1/me/sessions").status == 200 {
            // Another than the one of the token that goes on.
            self.registry.signed_in(&self.caller.login, OPERATION);
        }
        if operation.id == "unlink_identity" {
            self.link(&self.caller);
        }
        if operation.id == "remove_email" {
            // A new password has removed the one that was set.
            self.set_address();
        }
        let path = self.path(operation);
        let body = operation.example.as_ref().map(|example| self.body(operation, example));
        (path, body)
    }

    /// Makes a call that was made ready.
    pub fn call(&self, operation: &Operation, (path, body): (&str, Option<&Value>)) -> Answer {
        let answer = send(&self.caller, operation, path, body);
        self.registry.tape.mark(&operation.id);
        answer
    }

    /// Does what is to be done after a call, so that the next one can be made.
    pub fn settle(&mut self, operation: &Operation, answer: &Answer) {
        if operation.id.starts_with("sign_out") && answer.status == 204 {
            let login = self.caller.login.clone();
            self.caller = self.registry.signed_in(&login, OPERATION);
        }
    }

    /// The path of an operation, with the ids of what is there.
    fn path(&self, operation: &Operation) -> String {
        let mut path = String::new();
        let mut thing = Value::Null;
        for part in operation.path.trim_start_matches('/').split('/') {
            let value = match part {
                "{operation}" => OPERATION.to_owned(),
                "{id}" => {
                    thing = self.thing(&path, operation);
                    text(&thing["id"])
                }
                // Of the thing above, in the list that the path names.
                "{part}" => {
                    let list = path.rsplit('/').next().unwrap_or_default();
                    text(&thing[list][0]["id"])
                }
                "{list}" => "demand".to_owned(),
                "{problem}" => "invalid".to_owned(),
                named if named.starts_with('{') => {
                    panic!("{}: nothing here knows what {named} stands for", operation.id)
                }
                word => word.to_owned(),
            };
            path = format!("{path}/{value}");
        }
        path
    }

    /// Something of a list that the operation can be called for: of the organisation that the
    /// caller would act for if it can be, with nothing below it, that still holds, and not what the
    /// example names.
    fn thing(&self, list: &str, operation: &Operation) -> Value {
        let own = list.starts_with("/v1/me/").then(|| self.caller.get(list));
        let found = self.helpers.iter().map(|helper| helper.get(&format!("{list}?{ALL}")));
        let found =
            own.into_iter().chain(found).chain(self.helpers.iter().map(|helper| helper.get(list)));
        let items = found.filter(|answer| answer.status == 200).map(|answer| items(&answer));
        let Some(items) = items.into_iter().find(|items| !items.is_empty()) else {
            let said: Vec<String> =
                self.helpers.iter().map(|h| h.get(list).text.chars().take(200).collect()).collect();
            panic!("{} {:?}: there is nothing in {list} {said:?}", operation.id, self.is);
        };
        let own = self.own_organization();
        let example = operation.example.clone().unwrap_or_default().to_string();
        let unfit = |thing: &Value| {
            let is_above =
                |other: &Value| !other["parent"].is_null() && other["parent"] == thing["id"];
            let key = text(&thing["key"]);
            let helps = self.helpers.iter().any(|helper| thing["login"] == helper.login.as_str());
            (
                thing["login"] == self.caller.login.as_str() || helps || thing["current"] == true,
                thing.get("organization").is_some_and(|owner| *owner != own.as_str()),
                items.iter().any(is_above),
                thing["holds"] == false,
                !key.is_empty() && example.contains(&format!("\"{key}\"")),
                ["asks", "demands"].iter().any(|part| thing[part] == json!([])),
            )
        };
        items.iter().min_by_key(|thing| unfit(thing)).cloned().expect("there is one")
    }

    fn own_organization(&self) -> String {
        let all = items(&self.helpers[0].get(&format!("organizations?{ALL}")).expect(200));
        let own = all.iter().find(|each| each["key"] == ORGANIZATION);
        text(&own.expect("it is in the sample")["id"])
    }

    /// The example, with what no example can hold: passwords, and codes that are told once.
    fn body(&self, operation: &Operation, example: &Value) -> Value {
        let mut body = example.clone();
        match operation.id.as_str() {
            "sign_in" => {
                body["login"] = self.helpers[0].login.clone().into();
                body["password"] = PASSWORD.into();
            }
            "refresh" => {
                let login = json!({"login": self.helpers[0].login, "password": PASSWORD});
                let nobody = self.registry.nobody(OPERATION);
                let tokens = nobody.post("/v1/tokens", &login).expect(200);
                body["refresh_token"] = tokens.body["refresh_token"].clone();
            }
            "second_step" => {
                let person = self.registry.member(OPERATION, ORGANIZATION);
                let enrolled = person.post(FACTOR, &json!({})).expect(200);
                let code = json!({"code": code(self.registry, &enrolled)});
                let path = format!("{FACTOR}/confirmation");
                let codes = person.post(&path, &code).expect(200);
                let login = json!({"login": person.login, "password": PASSWORD});
                let first = self.registry.nobody(OPERATION).post("/v1/tokens", &login).expect(200);
                body["challenge"] = first.body["challenge"].clone();
                body["code"] = codes.body["recovery_codes"][0].clone();
            }
            "confirm_second_factor" => {
                let enrolled = self.caller.post(FACTOR, &json!({}));
                if enrolled.status == 200 {
                    body["code"] = code(self.registry, &enrolled).into();
                }
            }
            "step_up" => {
                let factor = self.caller.get(FACTOR);
                if factor.body["since"].is_string() {
                    let path = format!("{FACTOR}/recovery-codes");
                    let codes = self.caller.post(&path, &json!({})).expect(200);
                    body = json!({"code": codes.body["recovery_codes"][0]});
                } else {
                    body["password"] = PASSWORD.into();
                }
            }
            "finish_oidc_sign_in" => {
                let sent = self.registry.nobody(OPERATION).post("/v1/sign-in/oidc", &json!({}));
                body = self.back(&sent.expect(200), &self.helpers[0].login);
            }
            "finish_oidc" => {
                self.prove();
                let sent = self.caller.post("/v1/me/oidc", &json!({"for": "link"}));
                if sent.status == 200 {
                    body = self.back(&sent, &self.caller.login);
                }
            }
            "add_passkey" => {
                self.prove();
                if let Some((_, made)) = device(&self.caller) {
                    body["credential"] = made;
                }
            }
            "sign_in_with_passkey" => {
                body["credential"] = passkey_shown(self.registry, &self.helpers[0]);
            }
            "step_up_with_passkey" => {
                self.prove();
                if let Some(mut device) = bring_in(&self.caller) {
                    let asked = self.caller.post(PASSKEY_STEP_UP, &json!({})).expect(200);
                    body["credential"] = self.show(&mut device, &asked);
                }
            }
            "ask_for_contact" => {
                let lines = self.helpers[0].get("flags").expect(200).body["restricted"].clone();
                body["restricted"] = lines[0]["id"].clone();
            }
            "confirm_email" => {
                if let Some(address) = self.set_address() {
                    body["code"] = mailbox().code_to(&address).into();
                }
            }
            "change_password" => {
                body["password"] = PASSWORD.into();
                body["new_password"] = PASSWORD.into();
            }
            "accept_invitation" => {
                let focal_point = self.registry.person(
                    OPERATION,
                    Role::FocalPoint,
                    organization(Role::FocalPoint),
                );
                let login = format!("invited-by-{}", focal_point.login);
                let invited = json!({"login": login, "name": "Invited", "role": "member",
                    "organization": ORGANIZATION});
                let invited = focal_point.post("people", &invited).expect(201);
                body["code"] = invited.body["invitation_code"].clone();
            }
            _ => {}
        }
        body
    }
}

/// Somebody who was brought in.
#[derive(Clone, Debug)]
pub struct Known {
    /// What the person signs in with.
    pub login: String,
    /// The token.
    pub token: Option<String>,
    refresh_token: Option<String>,
    operation: String,
}

/// The provider that people can sign in at, in every registry that is walked through.
pub fn played() -> &'static Played {
    static PLAYED: LazyLock<Played> = LazyLock::new(|| {
        let played = Played::new();
        played.keep_codes();
        played
    });
    &PLAYED
}

/// The SMTP server that messages are handed to, from every registry that is walked through.
fn mailbox() -> &'static Mailbox {
    static MAILBOX: LazyLock<Mailbox> = LazyLock::new(Mailbox::default);
    &MAILBOX
}

/// What every registry that is walked through reaches outside.
pub fn outside() -> Outside {
    Outside { provider: played().provider(), smtp: mailbox().server() }
}

/// Brings what the sample lacks into a registry, so that every operation is good for somebody:
/// somebody for the focal point to look after; lines of another organisation that meet one of the
/// organisation's, one of which it keeps to itself, and requests of each to be put in touch with the
/// other; and somebody who is to join the desk.
pub fn complete(registry: &Registry) {
    registry.member(OPERATION, ORGANIZATION);
    let (own, other) =
        (registry.member(OPERATION, ORGANIZATION), registry.member(OPERATION, OTHER));
    let line = |organization: &str, action: &str, audience: &str| {
        json!({"organization": organization, "armed_actor": "hrm-zallun", "level": "tactical",
            "method": "negotiation", "status": "ongoing", "from": "2026-11-01",
            "audience": audience, "asks": [{"issue": "access.movement.routes", "action": action}]})
    };
    own.post("engagements", &line(ORGANIZATION, "open_route", "operation")).expect(201);
    for (audience, asking) in [("own", &other), ("operation", &own)] {
        let logged = other.post("engagements", &line(OTHER, "close_route", audience)).expect(201);
        let flags = logged.body["flags"].as_array().expect("flags").iter();
        let mut met = flags.filter(|flag| flag["kind"] == "contradiction");
        let wish = json!({"flag": met.next().expect("they meet")["id"], "reason": "Before we go."});
        asking.post("contact-requests", &wish).expect(201);
    }
    let second = json!({"change": "add", "login": "new@desk.example", "name": "New"});
    registry.desk(OPERATION).post("desk/changes", &second).expect(201);
    // What callers propose comes after it in the list.
    registry.pass_seconds(1);
}

const ALL: &str = "limit=200";
const FACTOR: &str = "/v1/me/second-factor";
const TOOLS: &str = "/v1/me/tool-tokens";
const PASSKEYS: &str = "/v1/me/passkeys";
const PASSKEY_SIGN_IN: &str = "/v1/sign-in/passkey";
const PASSKEY_STEP_UP: &str = "/v1/tokens/step-up/passkey";

/// What is done with a passkey of one's own.
const NEED_A_PASSKEY: [&str; 3] = ["begin_passkey_step_up", "rename_passkey", "remove_passkey"];

/// A device that makes a passkey for somebody, and what it made, if they can have one.
fn device(person: &Person<'_>) -> Option<(Device, Value)> {
    let asked = person.post(&format!("{PASSKEYS}/options"), &json!({}));
    let made = |asked: Answer| Device::make(&asked.body["options"], SHARED_ADDRESS);
    (asked.status == 200).then(|| made(asked))
}

/// A device with a passkey that somebody has brought in, if they can.
fn bring_in(person: &Person<'_>) -> Option<Device> {
    let (device, made) = device(person)?;
    person.post(PASSKEYS, &json!({"name": "Device", "credential": made})).expect(201);
    Some(device)
}

/// What a browser sends to sign somebody in whose passkey it was asked for.
pub fn passkey_shown(registry: &Registry, person: &Person<'_>) -> Value {
    let mut device = bring_in(person).expect("a device");
    let asked = registry.nobody(OPERATION).post(PASSKEY_SIGN_IN, &json!({})).expect(200);
    device.show(&asked.body["options"], SHARED_ADDRESS)
}

/// What somebody comes back with from the identity provider who was sent there to sign in.
pub fn come_back(registry: &Registry, person: &Person<'_>) -> Value {
    let linking = person.post("/v1/me/oidc", &json!({"for": "link"})).expect(200);
    let linked = returned(registry, &linking, &person.login);
    person.post("/v1/me/oidc/callback", &linked).expect(204);
    let sent = registry.nobody(OPERATION).post("/v1/sign-in/oidc", &json!({})).expect(200);
    returned(registry, &sent, &person.login)
}

/// What whoever was sent to the provider with this answer comes back with as this one there.
fn returned(registry: &Registry, sent: &Answer, subject: &str) -> Value {
    let there = sent_there(&text(&sent.body["authorization_url"]));
    let now = registry.app.now().and_utc().timestamp();
    json!({
        "state": there.state,
        "secret": sent.body["secret"],
        "code": played().code(&there, subject, now),
        "iss": played().issuer,
    })
}

/// Somebody who is everything that one can be.
fn everything(registry: &Registry) -> Person<'_> {
    let login = registry.administrator().login;
    for role in Role::ALL {
        registry.role(OPERATION, &login, *role, organization(*role));
    }
    registry.signed_in(&login, OPERATION)
}

/// The widest token that a tool can have.
fn tool() -> Value {
    json!({"name": "Tool", "scope": "log", "ends_on": "2026-12-31"})
}

/// A code of the second factor that somebody begins to bring in.
pub fn code(registry: &Registry, enrolled: &Answer) -> String {
    let totp = Totp::from_url(text(&enrolled.body["uri"])).expect("an address that apps read");
    let now = registry.app.now().and_utc().timestamp();
    totp.generate(now.unsigned_abs()).to_string()
}

/// What stands in a list.
pub fn items(answer: &Answer) -> Vec<Value> {
    answer.body["items"].as_array().cloned().unwrap_or_default()
}

/// A text, or none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn send(caller: &Person<'_>, operation: &Operation, path: &str, body: Option<&Value>) -> Answer {
    let mut headers = Vec::new();
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    if operation.needs_match {
        headers.push(("if-match", "*"));
    }
    let body = body.map(Value::to_string);
    caller.request(&operation.method, path, &headers, body.as_deref().map(str::as_bytes))
}
