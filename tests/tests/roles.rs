//! Who is answered what: every operation of the document, called as everybody whom it can be
//! called as, with a request made from the document's own example and the ids of real things.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write,
};

use chrono::NaiveDateTime;
use concord_app::{
    Error,
    audit::OWN_ACTIONS,
    people,
    samples::{SAMPLES, Sample},
};
use concord_domain::vocabulary::{Closed, Role};
use concord_store::{Area, sessions};
use concord_tests::{
    Answer, Database, PASSWORD, Person, Registry,
    contract::contract,
    is_golden,
    mailbox::Mailbox,
    provider::{Played, sent_there},
};
use serde_json::{Value, json};
use totp_rs::Totp;

/// The sample that the examples of the document are about, and the day that they are written for.
const OPERATION: &str = "exercise";
const DAY: &str = "2026-11-20";
/// The organisation that the examples speak for.
const ORGANIZATION: &str = "rtw";
/// Another.
const OTHER: &str = "noor";

/// Everybody who can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
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
    fn all() -> Vec<Self> {
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

    const fn name(self) -> &'static str {
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
fn organization(role: Role) -> Option<&'static str> {
    matches!(role, Role::Member | Role::FocalPoint).then_some(ORGANIZATION)
}

/// An operation of the document.
struct Operation {
    id: String,
    method: String,
    path: String,
    is_open: bool,
    needs_match: bool,
    example: Option<Value>,
}

/// Every operation: those that make things first, and those that end them last.
fn operations() -> Vec<Operation> {
    let document = contract().document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let mut needed = parameters.filter(|parameter| parameter["required"] == true);
            let body = &operation["requestBody"]["content"]["application/json"];
            all.push(Operation {
                id: operation["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                is_open: operation.get("security").is_none(),
                needs_match: needed.any(|parameter| parameter["name"] == "If-Match"),
                example: body.get("example").cloned(),
            });
        }
    }
    let ends = |each: &Operation| each.method == "DELETE" || each.path.ends_with("/retraction");
    all.sort_by_key(|each| (ends(each), each.path.matches('{').count()));
    all
}

/// A registry with the sample in it, one caller, and people who can look up what is there.
struct Walk<'r> {
    registry: &'r Registry,
    played: &'r Played,
    mailbox: &'r Mailbox,
    is: Caller,
    caller: Person<'r>,
    helpers: Vec<Person<'r>>,
    /// The organisation that the caller acts for.
    own: Option<String>,
}

/// What is asked in a body, and recorded only if entries of others are shown.
const READINGS: [&str; 5] = [
    "search_armed_actors",
    "search_engagements",
    "create_network",
    "create_timeline",
    "find_disclosed",
];

impl<'r> Walk<'r> {
    fn of(
        (registry, played, mailbox): (&'r Registry, &'r Played, &'r Mailbox),
        caller: Caller,
    ) -> Self {
        let person = match caller {
            Caller::Is(role) => registry.person(OPERATION, role, organization(role)),
            Caller::Installation => registry.administrator(),
            Caller::Stranger | Caller::Disabled => {
                let login = format!("{}@nowhere", caller.name());
                people::create_account(&registry.app, (&login, "Somebody"), PASSWORD, false)
                    .expect("an account");
                let person = registry.signed_in(&login, OPERATION);
                if caller == Caller::Disabled {
                    people::set_disabled(&registry.app, &login, true).expect("it is done");
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
        let is = caller;
        let mut walk = Self { registry, played, mailbox, is, caller: person, helpers, own: None };
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

    /// Lets it be long ago that the caller proved who they are.
    #[expect(clippy::disallowed_methods, reason = "it plays that time has passed")]
    fn age(&self) {
        let sessions = items(&self.caller.get("/v1/me/sessions").expect(200));
        let this = sessions.iter().find(|each| each["current"] == true).expect("one is this");
        let id = text(&this["id"]).parse().expect("an id");
        let store = &self.registry.app.store;
        let aged = store.write(Area::Installation, |tx| {
            Ok::<_, Error>(sessions::prove(tx, id, NaiveDateTime::default())?)
        });
        aged.expect("it is done");
    }

    /// What somebody comes back with from the identity provider who was sent there with this answer.
    fn back(&self, sent: &Answer, subject: &str) -> Value {
        let there = sent_there(&text(&sent.body["authorization_url"]));
        let now = self.registry.app.now().and_utc().timestamp();
        json!({
            "state": there.state,
            "secret": sent.body["secret"],
            "code": self.played.code(&there, subject, now),
            "iss": self.played.issuer,
        })
    }

    /// Links somebody to what they are at the identity provider, if they can be.
    fn link(&self, person: &Person<'_>) {
        let sent = person.post("/v1/me/oidc", &json!({"for": "link"}));
        if sent.status == 200 {
            let back = self.back(&sent, &person.login);
            person.post("/v1/me/oidc/callback", &back).expect(204);
        }
    }

    /// The status that the caller is answered who sets an address, with a fresh proof.
    fn set_address(&self) -> u16 {
        if self.is == Caller::Standing {
            let proof = json!({"password": PASSWORD});
            self.caller.post("/v1/tokens/step-up", &proof).expect(204);
        }
        let wanted = json!({"address": "caller@field.example", "sends": "each"});
        self.caller.post("/v1/me/email", &wanted).status
    }

    /// The status that the caller is answered.
    fn call(&mut self, operation: &Operation) -> u16 {
        if operation.id == "remove_email" {
            // A new password has removed the one that was set.
            self.set_address();
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
        let path = self.path(operation);
        let body = operation.example.as_ref().map(|example| self.body(operation, example));
        let before = self.recorded();
        let answer = send(&self.caller, operation, &path, body.as_ref());
        self.is_recorded(operation, &answer, &before);
        if operation.id.starts_with("sign_out") && answer.status == 204 {
            let login = self.caller.login.clone();
            self.caller = self.registry.signed_in(&login, OPERATION);
        }
        answer.status
    }

    /// The records of the audit log, by id.
    fn recorded(&self) -> HashMap<String, Value> {
        let records = self.registry.audit_records(OPERATION);
        records.into_iter().map(|record| (text(&record["id"]), record)).collect()
    }

    /// Fails unless what was done, whom it refused, and whose entries it showed is recorded.
    fn is_recorded(&self, operation: &Operation, answer: &Answer, before: &HashMap<String, Value>) {
        let mut new = self.recorded();
        new.retain(|id, _| !before.contains_key(id));
        let (id, status) = (&operation.id, answer.status);
        let is_reading = operation.method == "GET" || READINGS.contains(&id.as_str());
        // Of several that are sent together each may be refused.
        let made = |item: &Value| item["status"].as_u64().is_some_and(|status| status < 300);
        let is_made = !id.ends_with("_bulk") || items(answer).iter().any(made);
        if (200..300).contains(&status) && !is_reading && is_made {
            assert!(!new.is_empty(), "{id} leaves no record");
        }
        if matches!(status, 403 | 404) && !operation.is_open {
            let is_refusal = |record: &Value| record["deed"] == "refused";
            assert!(new.values().any(is_refusal), "{id} refuses with {status} without a record");
        }
        for record in new.values() {
            let action = text(&record["action"]);
            let is_known = action == *id || OWN_ACTIONS.contains(&action.as_str());
            assert!(is_known, "{id} is recorded as {action}");
        }
        let objects = |record: &Value| record["objects"].as_array().cloned().unwrap_or_default();
        let named: HashSet<String> =
            new.values().flat_map(objects).map(|object| text(&object["id"])).collect();
        // The log itself tells ids and no content; that somebody read it is recorded.
        if id == "list_audit_records" {
            return;
        }
        for (entry, owner) in self.registry.owners(OPERATION) {
            let is_shown = answer.text.contains(&entry) && Some(&owner) != self.own.as_ref();
            assert!(!is_shown || named.contains(&entry), "{id} shows {entry} without a record");
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
                if self.is == Caller::Standing {
                    let proof = json!({"password": PASSWORD});
                    self.caller.post("/v1/tokens/step-up", &proof).expect(204);
                }
                let sent = self.caller.post("/v1/me/oidc", &json!({"for": "link"}));
                if sent.status == 200 {
                    body = self.back(&sent, &self.caller.login);
                }
            }
            "confirm_email" => {
                if self.set_address() == 204 {
                    body["code"] = self.mailbox.code().into();
                }
            }
            "change_password" => {
                body["password"] = PASSWORD.into();
                body["new_password"] = PASSWORD.into();
            }
            "ask_for_contact" => {
                let lines = self.helpers[0].get("flags").expect(200).body["restricted"].clone();
                body["restricted"] = lines[0]["id"].clone();
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

/// Lets another organisation have lines that meet one of the organisation's, one of which it keeps to
/// itself, and each ask to be put in touch with the other.
fn meet(registry: &Registry) {
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
}

const ALL: &str = "limit=200";
const FACTOR: &str = "/v1/me/second-factor";
const TOOLS: &str = "/v1/me/tool-tokens";

/// Somebody who is everything that one can be.
fn everything(registry: &Registry) -> Person<'_> {
    let login = registry.administrator().login;
    for role in Role::ALL {
        people::give_role(&registry.app, OPERATION, &login, *role, organization(*role))
            .expect("a role");
    }
    registry.signed_in(&login, OPERATION)
}

/// The widest token that a tool can have.
fn tool() -> Value {
    json!({"name": "Tool", "scope": "log", "ends_on": "2026-12-31"})
}

/// A code of the second factor that somebody begins to bring in.
fn code(registry: &Registry, enrolled: &Answer) -> String {
    let totp = Totp::from_url(text(&enrolled.body["uri"])).expect("an address that apps read");
    let now = registry.app.now().and_utc().timestamp();
    totp.generate(now.unsigned_abs()).to_string()
}

fn items(answer: &Answer) -> Vec<Value> {
    answer.body["items"].as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
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

/// What everybody is answered, by operation and caller.
fn walked() -> BTreeMap<String, Vec<u16>> {
    let mut all: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    let mailbox = Mailbox::default();
    for caller in Caller::all() {
        let played = Played::new();
        let (provider, smtp) = (played.provider(), mailbox.server());
        let registry = Registry::reaching(Database::Sqlite, provider, smtp);
        registry.set_day(DAY);
        let sample = Sample::named(OPERATION).unwrap_or(SAMPLES[0]);
        registry.import(&sample.bundle(registry.app.today()).expect("the sample"));
        // Somebody for the focal point to look after.
        registry.member(OPERATION, ORGANIZATION);
        meet(&registry);
        let second = json!({"change": "add", "login": "new@desk.example", "name": "New"});
        registry.desk(OPERATION).post("desk/changes", &second).expect(201);
        // What callers propose comes after it in the list.
        registry.pass_seconds(1);
        let mut walk = Walk::of((&registry, &played, &mailbox), caller);
        for operation in operations() {
            all.entry(operation.id.clone()).or_default().push(walk.call(&operation));
        }
        registry.verify();
    }
    all
}

#[test]
fn golden_who_is_answered_what_is_the_reviewed_one() {
    let all = walked();
    let callers = Caller::all();
    let at = |caller: Caller| callers.iter().position(|each| *each == caller).expect("a caller");
    let mut wrong = Vec::new();
    for operation in operations() {
        let (id, statuses) = (&operation.id, &all[&operation.id]);
        let is_fine = |status: &u16| (200..300).contains(status);
        if !statuses.iter().any(is_fine) {
            wrong.push(format!("the example of {id} is good for nobody: {statuses:?}"));
        }
        if statuses.iter().any(|status| *status >= 500) {
            wrong.push(format!("{id} breaks: {statuses:?}"));
        }
        for caller in [Caller::Anonymous, Caller::Disabled] {
            let status = statuses[at(caller)];
            if !(if operation.is_open { is_fine(&status) } else { status == 401 }) {
                wrong.push(format!("{id} tells {} {status}", caller.name()));
            }
        }
        let status = statuses[at(Caller::Stranger)];
        if operation.path.contains("{operation}") && status != 404 {
            wrong.push(format!("{id} tells a stranger {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut text = format!("{:<28}", "operation");
    for caller in &callers {
        let _ = write!(text, " {:>13}", caller.name());
    }
    for (id, statuses) in &all {
        let _ = write!(text, "\n{id:<28}");
        for status in statuses {
            let _ = write!(text, " {status:>13}");
        }
    }
    is_golden("tests/golden/roles.txt", &(text + "\n"));
}
