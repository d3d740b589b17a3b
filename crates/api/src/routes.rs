//! The one list of routes, from which the server and its document are both made.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest,
    http::Method,
    web::{self, Bytes},
};
use serde_json::Value;

use crate::{
    BODY_BYTES_MAX,
    call::{self, Endpoint},
};

mod audit;
mod bulk;
mod bundles;
mod checks;
mod contact_requests;
mod credentials;
mod desk;
mod desk_changes;
mod elsewhere;
mod email;
mod engagements;
mod find;
mod flags;
mod guidance;
mod lock_down;
mod notifications;
mod operations;
mod outlook;
mod passkeys;
mod people;
mod problems;
mod resources;
mod retention;
mod retractions;
mod sharing;
mod signing_in;
mod system;

pub use email::schema as email_schema;
pub use notifications::schemas as notification_schemas;
pub use passkeys::schemas as passkey_schemas;

/// A route: what it is called with, what it does, and what the document says of it.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with its variable parts in braces.
    pub path: String,
    /// What clients call it.
    pub id: String,
    /// The group that it belongs to.
    pub tag: &'static str,
    /// What it does, in a few words.
    pub summary: String,
    /// What is to be known besides.
    pub description: &'static str,
    /// The parameters of the query.
    pub query: &'static [Parameter],
    /// The schema and an example of the body.
    pub body: Option<(Schema, Value)>,
    /// The most bytes of the body.
    pub body_bytes_max: usize,
    /// The status and the schema of the answer when all is well.
    pub answer: (u16, Option<Schema>),
    /// The other forms in which the answer can be had.
    pub also_as: &'static [&'static str],
    /// Whether it needs `If-Match`.
    pub needs_match: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub takes_key: bool,
    /// Whether nobody needs to be signed in.
    pub is_open: bool,
    /// Whether the answer carries the `ETag` of what is shown.
    pub is_tagged: bool,
    /// What it does.
    pub endpoint: Endpoint,
}

/// What a body or an answer looks like.
#[derive(Clone, Debug)]
pub enum Schema {
    /// As the component of this name.
    Named(String),
    /// A page of a list of such components.
    PageOf(String),
    /// A list of such components, whole.
    ListOf(String),
    /// As this JSON Schema.
    Inline(Value),
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What it is written as.
    pub is: Is,
}

/// What a parameter of the query is written as.
#[derive(Clone, Copy)]
pub enum Is {
    /// Any text.
    Text,
    /// How many items of a list.
    Limit,
    /// `true` or `false`.
    Boolean,
    /// One of the codes of the component of this name.
    Code(&'static str),
}

/// The parameters of a list.
pub const PAGE: &[Parameter] = &[
    Parameter { name: "limit", about: "How many items, 1 to 200; 50 unless said.", is: Is::Limit },
    Parameter { name: "cursor", about: "Where the last page ended: its `next`.", is: Is::Text },
];

impl Schema {
    /// The component of a name.
    pub fn named(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

impl Route {
    fn new(
        method: Method,
        path: impl Into<String>,
        (id, tag): (impl Into<String>, &'static str),
        summary: impl Into<String>,
        endpoint: Endpoint,
    ) -> Self {
        Self {
            method,
            path: path.into(),
            id: id.into(),
            tag,
            summary: summary.into(),
            description: "",
            query: &[],
            body: None,
            body_bytes_max: BODY_BYTES_MAX,
            answer: (200, None),
            also_as: &[],
            needs_match: false,
            takes_key: false,
            is_open: false,
            is_tagged: false,
            endpoint,
        }
    }

    fn about(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    fn body(self, schema: Schema, example: Value) -> Self {
        Self { body: Some((schema, example)), ..self }
    }

    fn answers(self, status: u16, schema: Schema) -> Self {
        Self { answer: (status, Some(schema)), ..self }
    }

    fn answers_nothing(self) -> Self {
        Self { answer: (204, None), ..self }
    }

    fn also_as(self, also_as: &'static [&'static str]) -> Self {
        Self { also_as, ..self }
    }

    fn at_most(self, body_bytes_max: usize) -> Self {
        Self { body_bytes_max, ..self }
    }

    fn needs_match(self) -> Self {
        Self { needs_match: true, ..self }
    }

    fn takes_key(self) -> Self {
        Self { takes_key: true, ..self }
    }

    fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    fn tagged(self) -> Self {
        Self { is_tagged: true, ..self }
    }

    /// The route of the server.
    pub fn service(&'static self) -> actix_web::Route {
        web::method(self.method.clone()).to(
            move |request: HttpRequest, body: std::result::Result<Bytes, actix_web::Error>| {
                call::carry_out(self, request, body)
            },
        )
    }
}

/// Every route.
pub fn all() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
        let mut routes = system::routes();
        routes.extend(signing_in::routes());
        routes.extend(lock_down::routes());
        routes.extend(credentials::routes());
        routes.extend(elsewhere::routes());
        routes.extend(passkeys::routes());
        routes.extend(problems::routes());
        routes.extend(people::routes());
        routes.extend(operations::routes());
        routes.extend(resources::routes());
        routes.extend(engagements::routes());
        routes.extend(checks::routes());
        routes.extend(sharing::routes());
        routes.extend(retractions::routes());
        routes.extend(retention::routes());
        routes.extend(find::routes());
        routes.extend(flags::routes());
        routes.extend(desk::routes());
        routes.extend(desk_changes::routes());
        routes.extend(contact_requests::routes());
        routes.extend(notifications::routes());
        routes.extend(email::routes());
        routes.extend(outlook::routes());
        routes.extend(guidance::routes());
        routes.extend(bundles::routes());
        routes.extend(audit::routes());
        routes
    });
    &ROUTES
}

/// The path of something in an operation.
fn within(rest: &str) -> String {
    format!("/v1/operations/{{operation}}/{rest}")
}
