//! From an HTTP request to a call of an endpoint, and from its answer back: the one place where
//! both meet, and where a request leaves the asynchronous world.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, Header, HeaderName},
    },
    web::{self, Bytes},
};
use concord_app::{
    App, Error,
    audit::Doing,
    auth::{self, Person},
    cursor::Page,
};
use concord_domain::language::Language;
use serde::Serialize;
use serde_json::{Value, error::Category, json};
use uuid::Uuid;

use crate::{
    json,
    problem::{self, Problem},
    routes::Route,
};

/// What an endpoint is called with.
pub struct Call {
    /// The application.
    pub app: App,
    person: Option<Person>,
    /// What the caller reads.
    pub language: Language,
    here: String,
    path: HashMap<String, String>,
    query: HashMap<String, String>,
    headers: HashMap<&'static str, String>,
    /// The body; null if there is none.
    pub body: Value,
}

/// What went wrong before or in a use case.
pub type Result<T> = std::result::Result<T, Problem>;

/// What a route does.
pub type Endpoint = fn(&Call) -> Result<Answer>;

impl Call {
    /// Who calls.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn person(&self) -> Result<Person> {
        self.person.ok_or_else(|| Error::Unauthenticated.into())
    }

    /// The address of something below where the request was sent.
    pub fn below(&self, id: Uuid) -> String {
        format!("{}/{id}", self.here)
    }

    /// The address of what the request was sent to a part of.
    pub fn up(&self) -> String {
        self.here.rsplit_once('/').map_or("", |(above, _)| above).to_owned()
    }

    /// The same call for one of the bodies that were sent together, each under a key of its own.
    pub fn for_item(&self, index: usize, body: &Value) -> Self {
        let mut headers = self.headers.clone();
        if let Some(key) = headers.get_mut("idempotency-key") {
            *key = format!("{key}/{index}");
        }
        Self {
            app: self.app.clone(),
            person: self.person,
            language: self.language,
            here: self.up(),
            path: self.path.clone(),
            query: HashMap::new(),
            headers,
            body: body.clone(),
        }
    }

    /// The operation in the path, an id or a key.
    pub fn operation(&self) -> &str {
        self.path.get("operation").map_or("", String::as_str)
    }

    /// The id in the path. What is no id is the id of nothing.
    ///
    /// # Errors
    /// When it is none.
    pub fn id(&self) -> Result<Uuid> {
        let written = self.path.get("id").map_or("", String::as_str);
        Uuid::parse_str(written).map_err(|_| Error::NotFound.into())
    }

    /// A part of the path.
    pub fn segment(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A parameter of the query that is true or false.
    ///
    /// # Errors
    /// When it is neither.
    pub fn flag(&self, name: &str) -> Result<Option<bool>> {
        match self.query(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => {
                Err(Problem::new(&problem::MALFORMED, format!("`{name}` is `true` or `false`")))
            }
        }
    }

    /// The page of a list that is asked for.
    ///
    /// # Errors
    /// When the limit is no number.
    pub fn page(&self) -> Result<Page> {
        let limit = match self.query("limit").map(str::parse) {
            None => None,
            Some(Ok(limit)) => Some(limit),
            Some(Err(_)) => {
                return Err(Problem::new(&problem::MALFORMED, "`limit` is a number"));
            }
        };
        Ok(Page { limit, cursor: self.query("cursor").map(str::to_owned) })
    }

    /// The tag of the state that is to be changed.
    pub fn if_match(&self) -> Option<&str> {
        self.headers.get("if-match").map(String::as_str)
    }

    /// The key under which the request may be sent again.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.headers.get("idempotency-key").map(String::as_str)
    }

    /// Whether the caller would rather have another form than JSON.
    pub fn wants(&self, media_type: &str) -> bool {
        self.headers.get("accept").is_some_and(|accept| accept.contains(media_type))
    }
}

/// What an endpoint answers.
pub struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    etag: Option<String>,
    location: Option<String>,
    may_be_kept: bool,
    headers: Vec<(&'static str, String)>,
}

impl Answer {
    fn new(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type,
            body,
            etag: None,
            location: None,
            may_be_kept: false,
            headers: Vec::new(),
        }
    }

    /// 200 with JSON.
    pub fn json(body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::new(StatusCode::OK, "application/json", body)
    }

    /// 201 with JSON, at an address.
    pub fn created(body: &impl Serialize, location: String) -> Self {
        Self { status: StatusCode::CREATED, location: Some(location), ..Self::json(body) }
    }

    /// 200 with a page to print.
    pub fn html(page: impl Into<Vec<u8>>) -> Self {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        let answer = Self::new(StatusCode::OK, "text/html; charset=utf-8", page.into());
        answer.with_header("Content-Security-Policy", policy.to_owned())
    }

    /// 200 with a file of this kind and name.
    pub fn file(file: Vec<u8>, content_type: &'static str, name: &str) -> Self {
        let disposition = format!("attachment; filename=\"{name}\"");
        Self::new(StatusCode::OK, content_type, file)
            .with_header("Content-Disposition", disposition)
    }

    /// 204.
    pub fn nothing() -> Self {
        Self::new(StatusCode::NO_CONTENT, "", Vec::new())
    }

    /// The same with the tag of what is shown.
    pub fn tagged(self, etag: String) -> Self {
        Self { etag: Some(etag), ..self }
    }

    /// The same, which everybody may keep, as it holds nothing of an operation.
    pub fn public(self) -> Self {
        Self { may_be_kept: true, ..self }
    }

    /// The same with so many blanks at its end, which mean nothing in JSON.
    pub fn longer_by(mut self, blanks: usize) -> Self {
        self.body.resize(self.body.len() + blanks, b' ');
        self
    }

    /// The same with a header.
    pub fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer as one of several.
    pub fn into_item(self) -> Value {
        let made: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        json!({
            "status": self.status.as_u16(),
            "location": self.location,
            "etag": self.etag,
            "made": made,
        })
    }

    fn response(self, if_none_match: Option<&str>) -> HttpResponse {
        let is_known = match (&self.etag, if_none_match) {
            (Some(etag), Some(known)) => known.split(',').any(|each| {
                // A proxy that compresses calls it weak.
                let each = each.trim();
                each.strip_prefix("W/").unwrap_or(each) == etag
            }),
            _ => false,
        };
        let status = if is_known { StatusCode::NOT_MODIFIED } else { self.status };
        let mut response = HttpResponse::build(status);
        let cache = if self.may_be_kept { "public, no-cache" } else { "no-store" };
        response.insert_header((header::CACHE_CONTROL, cache));
        if self.may_be_kept {
            response.insert_header((header::VARY, "accept-language"));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        for (name, value) in self.headers {
            response.insert_header((name, value));
        }
        if is_known || self.body.is_empty() {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, self.content_type));
        response.body(self.body)
    }
}

/// The headers that endpoints read.
const HEADERS: [&str; 3] = ["if-match", "idempotency-key", "accept"];

/// Carries out a request to a route.
pub async fn carry_out(
    route: &'static Route,
    request: HttpRequest,
    body: std::result::Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let if_none_match =
        text(&request, &header::IF_NONE_MATCH).filter(|_| route.method == Method::GET);
    let call = match read(route, &request, body) {
        Ok(call) => call,
        Err(problem) => return finish(problem.response()),
    };
    let done = web::block(move || (route.endpoint)(&call)).await;
    finish(match done {
        Ok(Ok(answer)) => answer.response(if_none_match.as_deref()),
        Ok(Err(problem)) => problem.response(),
        Err(_) => {
            tracing::error!("an endpoint panicked");
            Problem::new(&problem::INTERNAL, problem::INTERNAL.meaning).response()
        }
    })
}

/// Says that nothing of it is to be kept, unless it may be.
pub(crate) fn finish(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        let no_store = header::HeaderValue::from_static("no-store");
        headers.insert(header::CACHE_CONTROL, no_store);
    }
    response
}

fn text(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    request.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn read(
    route: &'static Route,
    request: &HttpRequest,
    body: std::result::Result<Bytes, actix_web::Error>,
) -> Result<Call> {
    let app = request.app_data::<web::Data<App>>();
    let app = app.ok_or_else(|| Problem::new(&problem::INTERNAL, ""))?.get_ref().clone();
    let language = language(request);
    let mut person = if route.is_open { None } else { Some(signed_in(&app, request)?) };
    if let Some(person) = &mut person {
        person.language = language;
    }
    let query = read_query(route, request)?;
    let body = body.map_err(|error| {
        if error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(&problem::TOO_LARGE, problem::TOO_LARGE.meaning)
        } else {
            Problem::new(&problem::MALFORMED, "the body did not arrive whole")
        }
    })?;
    let body = match route.body {
        Some(_) => read_body(request, &body)?,
        None => Value::Null,
    };
    let about = request.match_info().get("id").and_then(|id| Uuid::parse_str(id).ok());
    let app = App { doing: Doing { action: &route.id, about }, ..app };
    let path = request.match_info().iter();
    let headers = HEADERS.into_iter().filter_map(|name| {
        let value = request.headers().get(name)?;
        Some((name, String::from_utf8_lossy(value.as_bytes()).into_owned()))
    });
    let headers: HashMap<&'static str, String> = headers.collect();
    if let Some(key) = headers.get("idempotency-key").filter(|_| route.takes_key)
        && (!(1..=100).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        let detail = "an Idempotency-Key has 1 to 100 visible characters";
        return Err(Problem::new(&problem::MALFORMED, detail));
    }
    Ok(Call {
        app,
        person,
        language,
        here: request.path().to_owned(),
        path: path.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        query,
        headers,
        body,
    })
}

/// The first of the four languages that `Accept-Language` asks for, or English.
fn language(request: &HttpRequest) -> Language {
    let asked = header::AcceptLanguage::parse(request).map(|asked| asked.ranked());
    let tags = asked.unwrap_or_default().into_iter();
    tags.filter_map(|tag| Language::from_tag(&tag.to_string())).next().unwrap_or_default()
}

fn signed_in(app: &App, request: &HttpRequest) -> Result<Person> {
    let header = text(request, &header::AUTHORIZATION);
    let token = header.as_deref().and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or(Error::Unauthenticated)?;
    Ok(auth::authenticate(app, token.trim())?)
}

fn read_query(route: &Route, request: &HttpRequest) -> Result<HashMap<String, String>> {
    let read = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = read
        .map_err(|_| Problem::new(&problem::MALFORMED, "the query cannot be read"))?
        .into_inner();
    let known = |name: &str| route.query.iter().any(|parameter| parameter.name == name);
    if pairs.iter().any(|(name, _)| !known(name)) {
        let names: Vec<&str> = route.query.iter().map(|parameter| parameter.name).collect();
        let detail = match names.as_slice() {
            [] => "this path takes no parameters".to_owned(),
            names => format!("this path takes the parameters: {}", names.join(", ")),
        };
        return Err(Problem::new(&problem::MALFORMED, detail));
    }
    let count = pairs.len();
    let query: HashMap<String, String> = pairs.into_iter().collect();
    if query.len() < count {
        return Err(Problem::new(&problem::MALFORMED, "a parameter is given once"));
    }
    Ok(query)
}

fn read_body(request: &HttpRequest, body: &Bytes) -> Result<Value> {
    let content_type = text(request, &header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(&problem::UNSUPPORTED, problem::UNSUPPORTED.meaning));
    }
    json::read(body).map_err(|error| {
        let what = match error.classify() {
            Category::Eof => "it ends too early",
            Category::Data => "a member stands in it twice",
            _ => "it is no JSON in UTF-8, or nests deeper than 128",
        };
        let (line, column) = (error.line(), error.column());
        let detail = format!("the body cannot be read at line {line}, column {column}: {what}");
        Problem::new(&problem::MALFORMED, detail)
    })
}

/// Where a path has no such method, but these.
pub fn no_such_method(allowed: &str) -> HttpResponse {
    let mut response = Problem::new(&problem::NO_METHOD, problem::NO_METHOD.meaning).response();
    if let Ok(allowed) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    finish(response)
}

/// Where there is no such path.
pub async fn no_such_path() -> HttpResponse {
    finish(Problem::new(&problem::NOT_FOUND, "there is no such path; see /docs").response())
}
