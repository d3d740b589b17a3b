//! Problem documents (RFC 9457): the one table from what went wrong to how it is told.

use actix_web::{HttpResponse, http::StatusCode};
use concord_app::Error;
use concord_domain::{
    fault::{Fault, FaultCode},
    guard::{Detail, Finding},
};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

/// After how many seconds it is worth looking again whether a lock-down stands.
const LOOK_AGAIN_SECONDS: u64 = 60;

/// After how many seconds it is worth asking an identity provider again.
const ASK_AGAIN_SECONDS: u64 = 10;

/// After how many seconds it is worth sending a message again.
const SEND_AGAIN_SECONDS: u64 = 60;

/// The addresses of all kinds, as the schema of one.
fn address() -> Object {
    let all = KINDS.iter().map(|kind| kind.address());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all)).build()
}

/// All codes of faults, as the schema of one.
fn fault_code() -> Object {
    let all = FaultCode::ALL.iter().map(|(code, _)| code.code());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all)).build()
}

/// What went wrong, where, and what to do about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem; the address of its description.
    #[serde(rename = "type")]
    #[schema(schema_with = address)]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong this time, and what to do.
    pub detail: String,
    /// Every fault in what was sent, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemAt>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// One fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemAt {
    /// Where, as a JSON Pointer into the body.
    #[schema(example = "/asks/0/action")]
    pub pointer: String,
    /// Which kind of fault.
    #[schema(schema_with = fault_code)]
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub detail: String,
    /// What a free text seems to hold, where it is looked over for what is never stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub found: Option<FoundInText>,
}

/// All codes of what is found in texts, as the schema of one.
fn detail_code() -> Object {
    let all = Detail::ALL.iter().map(|detail| detail.code());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all)).build()
}

/// What a free text seems to hold that is never stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundInText {
    /// What it seems to be.
    #[schema(schema_with = detail_code)]
    pub detail: &'static str,
    /// Its first character, counted from 0.
    pub from: usize,
    /// The character after its last.
    pub until: usize,
}

impl From<Finding> for FoundInText {
    fn from(finding: Finding) -> Self {
        Self { detail: finding.detail.code(), from: finding.from, until: finding.until }
    }
}

/// A kind of problem: its code, status, title, and when it is met.
pub struct Kind {
    /// The code, the last part of its address.
    pub code: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// In a few words.
    pub title: &'static str,
    /// When it is met and what to do.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $status:ident, $title:literal, $meaning:literal;)*) => {
        $(pub const $name: Kind = Kind {
            code: $code,
            status: StatusCode::$status,
            title: $title,
            meaning: $meaning,
        };)*

        /// Every kind of problem.
        pub const KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    INVALID = "invalid", UNPROCESSABLE_ENTITY, "What was sent cannot be taken",
        "Members of the body are wrong; `errors` names each with a JSON Pointer. Nothing was done.";
    MALFORMED = "malformed", BAD_REQUEST, "The request cannot be read",
        "The body is no JSON in UTF-8, or a parameter or header is not written as it must be.";
    TOO_LARGE = "too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "A body has at most 1 MiB, a bundle 32 MiB. Send it in parts.";
    UNSUPPORTED = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body is no JSON",
        "Send `Content-Type: application/json`.";
    UNAUTHENTICATED = "unauthenticated", UNAUTHORIZED, "Sign in first",
        "Send `Authorization: Bearer …` with a token from POST /v1/tokens that has not ended.";
    SIGN_IN_REFUSED = "sign_in_refused", UNAUTHORIZED, "This does not sign anybody in",
        "The login, the password or the code is wrong, or the account is closed, or the challenge has \
         ended; it is not said which.";
    SESSION_ENDED = "session_ended", UNAUTHORIZED, "Sign in again",
        "This refresh token carries nothing on: it was used, or its session has ended.";
    FORBIDDEN = "forbidden", FORBIDDEN, "You may not do this",
        "You may know of it, and your role does not do this. Ask who is named.";
    STEP_UP_REQUIRED = "step_up_required", FORBIDDEN, "Prove again that it is you",
        "What you ask for would do much harm if somebody else had your device: it needs a proof of who \
         you are that is at most 10 minutes old. POST /v1/tokens/step-up with `code`, if you have a \
         second factor, or else with `password`; then send the request again. Signing in is such a \
         proof; staying signed in is none.";
    NOT_FOUND = "not_found", NOT_FOUND, "There is no such thing here",
        "It does not exist, or you may not know of it; it is not said which.";
    RETRACTED = "retracted", GONE, "It was retracted",
        "Its content is erased; `detail` says on which day. You are told because you could read it. \
         Erase your copies of it.";
    NO_METHOD = "method_not_allowed", METHOD_NOT_ALLOWED, "This cannot be done here",
        "The path exists and has no such method; see /docs.";
    CONFLICT = "conflict", CONFLICT, "What stands does not allow it",
        "Something that stands already does not allow it; `detail` says what.";
    STALE = "stale", PRECONDITION_FAILED, "It was changed since you read it",
        "Read it again, look at what changed, and send your change with the new ETag.";
    NO_PRECONDITION = "precondition_required", PRECONDITION_REQUIRED, "Say what you change",
        "Send the ETag that you read in `If-Match`.";
    KEY_REUSED = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "One key for two requests",
        "This Idempotency-Key was sent with another body. Use a new key for a new request.";
    THROTTLED = "throttled", TOO_MANY_REQUESTS, "Too many tries",
        "Wait as many seconds as `Retry-After` says.";
    BUDGET_SPENT = "budget_spent", TOO_MANY_REQUESTS, "As much was asked as is answered",
        "Checks, and entries that are logged or changed, count against budgets of the person and \
         of the organisation. `detail` says which is spent, `Retry-After` when there is room \
         again. Ask the desk; entries are saved all the same.";
    BUSY = "busy", SERVICE_UNAVAILABLE, "Too much is going on",
        "Try again in a moment; with the same Idempotency-Key nothing is done twice.";
    LOCKED_DOWN = "locked_down", SERVICE_UNAVAILABLE, "This installation is locked down",
        "Two people, or whoever runs the server, have closed it: nobody is signed in, and nothing is \
         answered until whoever runs the server lifts that on the command line.";
    PROVIDER = "identity_provider_unreachable", SERVICE_UNAVAILABLE,
        "The identity provider does not answer",
        "It does not answer, or not as it should. Try again later, or sign in with a password.";
    NOT_SENT = "message_not_sent", SERVICE_UNAVAILABLE, "The message cannot be sent",
        "The server that takes messages cannot be reached, or does not take this one. Nothing was \
         changed. Look at the address, and try again later.";
    INTERNAL = "internal", INTERNAL_SERVER_ERROR, "Something is broken here",
        "It is not your fault. Tell whoever runs the server the X-Request-Id.";
}

impl Kind {
    /// Where it is described.
    pub fn address(&self) -> String {
        format!("/problems/{}", self.code)
    }
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: &Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: kind.address(),
            title: kind.title,
            status: kind.status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.errors = faults
            .into_iter()
            .map(|fault| ProblemAt {
                pointer: fault.pointer,
                code: fault.code.code(),
                detail: fault.detail,
                found: fault.finding.map(FoundInText::from),
            })
            .collect();
        self
    }

    /// The answer that tells it.
    pub fn response(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header(("Retry-After", seconds.to_string()));
        }
        response.body(serde_json::to_vec(self).unwrap_or_default())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::Invalid(faults) => {
                let detail = match faults.len() {
                    1 => "one thing is wrong; see `errors`".to_owned(),
                    many => format!("{many} things are wrong; see `errors`"),
                };
                Self::new(&INVALID, detail).with_faults(faults)
            }
            Error::Unauthenticated => Self::new(&UNAUTHENTICATED, said),
            Error::SignInRefused => Self::new(&SIGN_IN_REFUSED, said),
            Error::SessionEnded => Self::new(&SESSION_ENDED, said),
            Error::TooManyTries(seconds) => {
                Self { retry_after: Some(seconds), ..Self::new(&THROTTLED, said) }
            }
            Error::BudgetSpent(seconds, _) => {
                Self { retry_after: Some(seconds), ..Self::new(&BUDGET_SPENT, said) }
            }
            Error::Forbidden(_) => Self::new(&FORBIDDEN, said),
            Error::StepUpRequired => Self::new(&STEP_UP_REQUIRED, said),
            Error::NotFound => Self::new(&NOT_FOUND, said),
            Error::Retracted(_) => Self::new(&RETRACTED, said),
            Error::Conflict(_) => Self::new(&CONFLICT, said),
            Error::Stale => Self::new(&STALE, said),
            Error::PreconditionRequired => Self::new(&NO_PRECONDITION, said),
            Error::IdempotencyKeyReused => Self::new(&KEY_REUSED, said),
            Error::Busy => Self { retry_after: Some(1), ..Self::new(&BUSY, said) },
            Error::LockedDown => {
                Self { retry_after: Some(LOOK_AGAIN_SECONDS), ..Self::new(&LOCKED_DOWN, said) }
            }
            Error::ProviderUnreachable => {
                Self { retry_after: Some(ASK_AGAIN_SECONDS), ..Self::new(&PROVIDER, said) }
            }
            Error::MessageNotSent => {
                Self { retry_after: Some(SEND_AGAIN_SECONDS), ..Self::new(&NOT_SENT, said) }
            }
            Error::DryRun(_) | Error::Internal(_) => {
                // What broke is for whoever runs the server, and never for the caller.
                tracing::error!(error = %said, "a request failed");
                Self::new(&INTERNAL, INTERNAL.meaning)
            }
        }
    }
}
