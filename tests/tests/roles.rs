//! Who is answered what: every operation of the document, called as everybody whom it can be
//! called as, with a request made from the document's own example and the ids of real things.

use std::{collections::BTreeMap, fmt::Write};

use concord_app::{
    people,
    samples::{SAMPLES, Sample},
};
use concord_domain::vocabulary::{Closed, Role};
use concord_tests::{Answer, Database, PASSWORD, Person, Registry, contract::contract, is_golden};
use serde_json::{Value, json};

/// The sample that the examples of the document are about, and the day that they are written for.
const OPERATION: &str = "exercise";
const DAY: &str = "2026-11-20";
/// The organisation that the examples speak for.
const ORGANIZATION: &str = "rtw";

/// Everybody who can call.
#[derive(Clone, Copy, PartialEq, Eq)]
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
}

impl Caller {
    fn all() -> Vec<Self> {
        let roles = Role::ALL.iter().map(|role| Self::Is(*role));
        let others = [Self::Installation, Self::Stranger, Self::Disabled, Self::Anonymous];
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
    all.sort_by_key(|each| (each.method == "DELETE", each.path.matches('{').count()));
    all
}

/// A registry with the sample in it, one caller, and people who can look up what is there.
struct Walk<'r> {
    registry: &'r Registry,
    caller: Person<'r>,
    helpers: Vec<Person<'r>>,
}

impl<'r> Walk<'r> {
    fn of(registry: &'r Registry, caller: Caller) -> Self {
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
        Self { registry, caller: person, helpers }
    }

    /// The status that the caller is answered.
    fn call(&mut self, operation: &Operation) -> u16 {
        let path = self.path(operation);
        let body = operation.example.as_ref().map(|example| self.body(operation, example));
        let answer = send(&self.caller, operation, &path, body.as_ref());
        if operation.id.starts_with("sign_out") && answer.status == 204 {
            let login = self.caller.login.clone();
            self.caller = self.registry.signed_in(&login, OPERATION);
        }
        answer.status
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
        let found = self.helpers.iter().map(|helper| helper.get(&format!("{list}?{ALL}")));
        let found = found.chain(self.helpers.iter().map(|helper| helper.get(list)));
        let items = found.filter(|answer| answer.status == 200).map(|answer| items(&answer));
        let Some(items) = items.into_iter().find(|items| !items.is_empty()) else {
            panic!("{}: there is nothing in {list}", operation.id);
        };
        let own = self.own_organization();
        let example = operation.example.clone().unwrap_or_default().to_string();
        let unfit = |thing: &Value| {
            let is_above =
                |other: &Value| !other["parent"].is_null() && other["parent"] == thing["id"];
            let key = text(&thing["key"]);
            let helps = self.helpers.iter().any(|helper| thing["login"] == helper.login.as_str());
            (
                thing["login"] == self.caller.login.as_str() || helps,
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

const ALL: &str = "limit=200";

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
    for caller in Caller::all() {
        let registry = Registry::on(Database::Sqlite);
        registry.set_day(DAY);
        let sample = Sample::named(OPERATION).unwrap_or(SAMPLES[0]);
        registry.import(&sample.bundle(registry.app.today()).expect("the sample"));
        // Somebody for the focal point to look after.
        registry.member(OPERATION, ORGANIZATION);
        let mut walk = Walk::of(&registry, caller);
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
