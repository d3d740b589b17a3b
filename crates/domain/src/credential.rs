//! By what somebody is known, and how far that is trusted: what a session began by, what a token
//! for a tool may be used for, and which actions need a proof that is fresh.

use chrono::{NaiveDateTime, TimeDelta};

use crate::{policy::Action, vocabulary::Closed};

/// For how long a proof of who somebody is counts as fresh, in seconds.
pub const FRESH_SECONDS: i64 = 10 * 60;

/// By what a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeganBy {
    /// The login and the password.
    Password,
    /// An invitation that was taken up.
    Invitation,
    /// What an identity provider said.
    IdentityProvider,
    /// A passkey.
    Passkey,
}

impl Closed for BeganBy {
    const LIST: &'static str = "began_by";
    const ALL: &'static [Self] =
        &[Self::Password, Self::Invitation, Self::IdentityProvider, Self::Passkey];

    fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Invitation => "invitation",
            Self::IdentityProvider => "identity_provider",
            Self::Passkey => "passkey",
        }
    }
}

/// What is asked for besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A code that changes each half minute.
    Code,
    /// A code that stands in for it, once.
    RecoveryCode,
    /// A way of signing in at an identity provider that is enough by itself.
    IdentityProvider,
    /// What the device that holds a passkey asked its person for: a PIN, a finger, a face.
    UserVerification,
}

impl Closed for SecondFactor {
    const LIST: &'static str = "second_factor";
    const ALL: &'static [Self] =
        &[Self::Code, Self::RecoveryCode, Self::IdentityProvider, Self::UserVerification];

    fn code(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::RecoveryCode => "recovery_code",
            Self::IdentityProvider => "identity_provider",
            Self::UserVerification => "user_verification",
        }
    }
}

/// What somebody is sent to an identity provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentFor {
    /// To sign in.
    SignIn,
    /// To link what it knows them by to their account.
    Link,
    /// To prove again who they are.
    StepUp,
}

impl Closed for SentFor {
    const LIST: &'static str = "sent_for";
    const ALL: &'static [Self] = &[Self::SignIn, Self::Link, Self::StepUp];

    fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Link => "link",
            Self::StepUp => "step_up",
        }
    }
}

/// What somebody is asked to show a passkey for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedFor {
    /// To sign in.
    SignIn,
    /// To bring it in.
    Registration,
    /// To prove again who they are.
    StepUp,
}

impl Closed for AskedFor {
    const LIST: &'static str = "asked_for";
    const ALL: &'static [Self] = &[Self::SignIn, Self::Registration, Self::StepUp];

    fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Registration => "registration",
            Self::StepUp => "step_up",
        }
    }
}

/// What a token for a tool may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolScope {
    /// To read what its person reads.
    Read,
    /// To read, and to log and amend for the organisations of its person.
    Log,
}

impl Closed for ToolScope {
    const LIST: &'static str = "tool_scope";
    const ALL: &'static [Self] = &[Self::Read, Self::Log];

    fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Log => "log",
        }
    }
}

/// How sure it is that the caller is the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// The person proved it a moment ago.
    Fresh,
    /// The person proved it some time ago, in the session that goes on.
    Standing,
    /// It is a tool that the person gave a token to.
    Tool(ToolScope),
}

/// What somebody does, as far as it matters how sure it is that it is them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Something in an operation.
    In(Action),
    /// Seeing who the people of an operation are.
    ListPeople,
    /// Making an operation.
    MakeOperation,
    /// Noting what one has seen of what waits for one.
    SeeNotifications,
    /// Bringing in, or removing, what oneself or one's tools are known by.
    KeepCredentials,
}

impl Deed {
    /// Every deed.
    fn all() -> Vec<Self> {
        let outside =
            [Self::ListPeople, Self::SeeNotifications, Self::MakeOperation, Self::KeepCredentials];
        Action::ALL.into_iter().map(Self::In).chain(outside).collect()
    }

    fn name(self) -> String {
        match self {
            Self::In(action) => format!("{action:?}"),
            outside => format!("{outside:?}"),
        }
    }
}

impl From<Action> for Deed {
    fn from(action: Action) -> Self {
        Self::In(action)
    }
}

/// Whether that is enough to do something which the person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is.
    Enough,
    /// It would be, once the person has proved again who they are.
    NeedsProof,
    /// It never is.
    Never,
}

impl Assurance {
    /// Every assurance.
    pub const ALL: [Self; 4] =
        [Self::Fresh, Self::Standing, Self::Tool(ToolScope::Read), Self::Tool(ToolScope::Log)];

    /// How sure it is in a session in which the person proved it then.
    #[must_use]
    pub fn of_session(proved_at: NaiveDateTime, now: NaiveDateTime) -> Self {
        // A proof of the future is of a clock that was put back.
        let is_fresh = proved_at <= now && now < proved_at + TimeDelta::seconds(FRESH_SECONDS);
        if is_fresh { Self::Fresh } else { Self::Standing }
    }

    /// Whether it is enough for this. It is said here and nowhere else.
    #[must_use]
    pub fn admits(self, deed: Deed) -> Admission {
        match self {
            Self::Fresh => Admission::Enough,
            Self::Standing if needs_fresh_proof(deed) => Admission::NeedsProof,
            Self::Standing => Admission::Enough,
            Self::Tool(_) if needs_fresh_proof(deed) => Admission::Never,
            Self::Tool(scope) if scope_covers(scope, deed) => Admission::Enough,
            Self::Tool(_) => Admission::Never,
        }
    }
}

/// What does the most harm in the hands of whoever finds a device that is signed in: it takes
/// everything out at once, shows it to others, erases it, or changes who reads it or what everybody
/// reads it by.
const fn needs_fresh_proof(deed: Deed) -> bool {
    match deed {
        Deed::In(action) => match action {
            Action::ReadReference
            | Action::ReadEntries
            | Action::RecordEntry
            | Action::ReadAudit
            | Action::ReadQueue
            | Action::StepFlag => false,
            Action::KeepReference
            | Action::KeepAgreements
            | Action::KeepOperation
            | Action::Export
            | Action::LoosenSharing
            | Action::RetractEntry
            | Action::AskForContact
            | Action::AnswerForContact
            | Action::KeepPeople
            | Action::InviteFirstFocalPoint
            | Action::KeepOffices
            | Action::KeepDesk => true,
        },
        Deed::ListPeople | Deed::SeeNotifications => false,
        Deed::MakeOperation | Deed::KeepCredentials => true,
    }
}

/// Whether a tool may do it. To settle a flag, to know people, and to have seen something, is for
/// people.
const fn scope_covers(scope: ToolScope, deed: Deed) -> bool {
    match deed {
        Deed::In(Action::ReadReference | Action::ReadEntries) => true,
        Deed::In(Action::RecordEntry) => matches!(scope, ToolScope::Log),
        Deed::In(_)
        | Deed::ListPeople
        | Deed::SeeNotifications
        | Deed::MakeOperation
        | Deed::KeepCredentials => false,
    }
}

/// What each assurance is enough for, as a table.
#[must_use]
pub fn matrix() -> String {
    use std::fmt::Write;

    let mut table = format!("{:<23}", "what is done");
    for assurance in Assurance::ALL {
        let name = match assurance {
            Assurance::Fresh => "fresh proof".to_owned(),
            Assurance::Standing => "signed in".to_owned(),
            Assurance::Tool(scope) => format!("tool: {}", scope.code()),
        };
        let _ = write!(table, "{name:<15}");
    }
    for deed in Deed::all() {
        let _ = write!(table, "\n{:<23}", deed.name());
        for assurance in Assurance::ALL {
            let _ = write!(table, "{:<15}", format!("{:?}", assurance.admits(deed)));
        }
    }
    table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}
