//! What was done to a registry, step by step, so that it can be done to others in the same way: with
//! the same tokens, codes and ids.

use std::sync::{Mutex, PoisonError};

use concord_app::{Error, people};
use concord_domain::vocabulary::Role;
use concord_store::{Area, sessions};
use uuid::Uuid;

use crate::{Answer, CountingIds, Registry, contract::Request};

/// How many ids each step may take.
const IDS_OF_A_STEP: u64 = 1 << 24;

/// Something that was done.
#[derive(Clone, Debug)]
pub enum Step {
    /// An account was made: its login, and whether it manages the installation.
    Account(String, bool),
    /// A role was given: the operation, the login, the role, the organisation.
    Role(String, String, Role, Option<String>),
    /// An account was closed.
    Closed(String),
    /// Somebody signed in without a request.
    SignedIn(String),
    /// It became long ago that somebody proved, in this session, who they are.
    Aged(Uuid),
    /// A request was made.
    Request(Sent),
}

/// A request as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// What it is a call of, if it is one that is to be looked at.
    pub call: Option<String>,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers besides the token.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The token.
    pub token: Option<String>,
}

impl Step {
    pub(crate) fn account(login: &str, is_administrator: bool) -> Self {
        Self::Account(login.to_owned(), is_administrator)
    }

    pub(crate) fn role(operation: &str, login: &str, role: Role, of: Option<&str>) -> Self {
        Self::Role(operation.to_owned(), login.to_owned(), role, of.map(str::to_owned))
    }

    pub(crate) fn request(token: Option<&str>, sent: &Request<'_>) -> Self {
        let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self::Request(Sent {
            call: None,
            method: sent.method.to_owned(),
            path: sent.path.to_owned(),
            headers: sent.headers.iter().map(header).collect(),
            body: sent.body.to_vec(),
            token: token.map(str::to_owned),
        })
    }
}

/// What was done, in order; nothing is noted unless that was asked for.
#[derive(Default)]
pub struct Tape(Mutex<Option<Vec<Step>>>);

impl Tape {
    /// Begins to note.
    pub fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// Ends it, and tells what was noted.
    pub fn end(&self) -> Vec<Step> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    /// Notes of what the last request was a call.
    pub(crate) fn mark(&self, call: &str) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Step::Request(sent)) = noted.as_mut().and_then(|all| all.last_mut()) {
            sent.call = Some(call.to_owned());
        }
    }

    /// How many steps were noted.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, Vec::len)
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes a step, which has ids of its own.
    pub(crate) fn notes(&self, ids: &CountingIds, step: impl FnOnce() -> Step) {
        if let Some(all) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            ids.continue_at(first_id(all.len()));
            all.push(step());
        }
    }
}

/// Where the ids of a step begin.
pub fn first_id(step: usize) -> u64 {
    (step as u64 + 1) * IDS_OF_A_STEP
}

impl Registry {
    /// Does a step, as it was done where it was noted; what was answered if it was a request.
    pub fn again(&self, number: usize, step: &Step) -> Option<Answer> {
        self.ids.continue_at(first_id(number));
        match step {
            Step::Account(login, is_administrator) => self.account(login, *is_administrator),
            Step::Role(operation, login, role, organization) => {
                self.role(operation, login, *role, organization.as_deref());
            }
            Step::Closed(login) => self.close(login),
            Step::SignedIn(login) => drop(self.signed_in(login, "")),
            Step::Aged(session) => self.age(*session),
            Step::Request(sent) => return Some(self.send(sent)),
        }
        None
    }

    /// Sends what was sent elsewhere.
    pub fn send(&self, sent: &Sent) -> Answer {
        let headers: Vec<(&str, &str)> =
            sent.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let request =
            Request { method: &sent.method, path: &sent.path, headers: &headers, body: &sent.body };
        self.exchange(sent.token.as_deref(), &request)
    }

    /// Closes an account.
    pub fn close(&self, login: &str) {
        self.tape.notes(&self.ids, || Step::Closed(login.to_owned()));
        people::set_disabled(&self.app, login, true).expect("it is done");
    }

    /// Lets it be long ago that somebody proved, in this session, who they are.
    #[expect(clippy::disallowed_methods, reason = "it plays that time has passed")]
    pub fn age(&self, session: Uuid) {
        self.tape.notes(&self.ids, || Step::Aged(session));
        let aged = self.app.store.write(Area::Installation, |tx| {
            Ok::<_, Error>(sessions::prove(tx, session, chrono::NaiveDateTime::default())?)
        });
        aged.expect("it is done");
    }
}
