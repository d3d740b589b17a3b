//! What is answered, in the document: bodies, the headers that come with them, and the problems,
//! each once by its status.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::{
    Header, Ref, RefOr, Response, ResponseBuilder, extensions::Extensions, header::HeaderBuilder,
};

use super::{content, string_schema};
use crate::{
    problem::{KINDS, Problem},
    routes::{Route, Schema},
};

/// What every answer has.
const ALWAYS: [&str; 2] = ["Cache-Control", "X-Request-Id"];

/// Every header that an answer can promise: its name, what it says, and how it is written.
fn known() -> [(&'static str, &'static str, Value); 8] {
    let cache = ["no-store", "public, no-cache"];
    let tag = r#"^"[0-9a-f]{32}"$"#;
    [
        (
            "Cache-Control",
            "Nothing of an operation is to be kept.",
            json!({"type": "string", "enum": cache}),
        ),
        (
            "X-Request-Id",
            "What the request is called in the log of the server.",
            json!({"type": "string", "format": "uuid"}),
        ),
        (
            "ETag",
            "The tag of what you are shown, to be sent in `If-Match` when you change it.",
            json!({"type": "string", "pattern": tag}),
        ),
        ("Location", "Where the thing is.", json!({"type": "string", "pattern": "^/v1/"})),
        (
            "Content-Disposition",
            "What to call the file, if it is one.",
            json!({"type": "string", "pattern": "^attachment; filename="}),
        ),
        ("WWW-Authenticate", "How to sign in.", json!({"type": "string", "enum": ["Bearer"]})),
        (
            "Retry-After",
            "After how many seconds to try again.",
            json!({"type": "integer", "minimum": 1}),
        ),
        (
            "Allow",
            "The methods that the path has.",
            json!({"type": "string", "pattern": "^[A-Z]+(, [A-Z]+)*$"}),
        ),
    ]
}

/// Every header, by its name.
pub fn headers() -> BTreeMap<String, RefOr<Header>> {
    let all = known().into_iter().map(|(name, about, schema)| {
        let mut header =
            HeaderBuilder::new().schema(Some(string_schema(schema))).description(Some(about));
        // Of the forms of one answer only a file has it. The type knows no such member, which
        // the document has.
        if name != "Content-Disposition" {
            header = header.extensions(Some(Extensions::from_iter([("required", true)])));
        }
        (name.to_owned(), RefOr::T(header.build()))
    });
    all.collect()
}

fn with_headers(response: ResponseBuilder, names: &[&str]) -> ResponseBuilder {
    ALWAYS.iter().chain(names).fold(response, |response, name| {
        response.header_ref(*name, Ref::new(format!("#/components/headers/{name}")))
    })
}

/// The answer when all is well.
pub fn answer(route: &Route) -> Response {
    let (status, schema) = &route.answer;
    let mut response = ResponseBuilder::new().description(match status {
        201 => "It is made.",
        204 => "It is done.",
        _ => "The answer.",
    });
    if let Some(schema) = schema {
        response = response.content("application/json", content(schema, None));
    }
    for media_type in route.also_as {
        let body = Schema::Inline(if media_type.starts_with("text/") {
            json!({"type": "string"})
        } else {
            json!({"type": "string", "format": "binary"})
        });
        response = response.content(*media_type, content(&body, None));
    }
    let promised = [
        ("ETag", route.is_tagged),
        ("Location", *status == 201),
        ("Content-Disposition", route.also_as.contains(&"text/csv")),
    ];
    let promised = promised.into_iter().filter(|(_, is_promised)| *is_promised);
    let names: Vec<&str> = promised.map(|(name, _)| name).collect();
    with_headers(response, &names).build()
}

/// The answer to who has it already.
pub fn not_modified() -> Ref {
    Ref::new("#/components/responses/NotModified")
}

/// The problems of a status.
pub fn problem(status: StatusCode) -> Ref {
    Ref::new(format!("#/components/responses/Problem{}", status.as_u16()))
}

/// The answers that many routes share.
pub fn shared() -> BTreeMap<String, RefOr<Response>> {
    let same = ResponseBuilder::new().description("You have it already, by its ETag.");
    let same = with_headers(same, &["ETag"]).build();
    let mut all = BTreeMap::from([("NotModified".to_owned(), RefOr::T(same))]);
    for first in KINDS {
        let name = format!("Problem{}", first.status.as_u16());
        let same_status = KINDS.iter().filter(|kind| kind.status == first.status);
        let titles: Vec<String> =
            same_status.map(|kind| format!("`{}`: {}.", kind.code, kind.title)).collect();
        let example = json!(Problem::new(first, first.meaning));
        let response = ResponseBuilder::new().description(titles.join(" ")).content(
            "application/problem+json",
            content(&Schema::named("Problem"), Some(&example)),
        );
        let promised: &[&str] = match first.status {
            StatusCode::UNAUTHORIZED => &["WWW-Authenticate"],
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => &["Retry-After"],
            StatusCode::METHOD_NOT_ALLOWED => &["Allow"],
            _ => &[],
        };
        all.entry(name).or_insert_with(|| RefOr::T(with_headers(response, promised).build()));
    }
    all
}
