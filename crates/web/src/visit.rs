//! From an HTTP request to a call of a page, and from its reply back: where both meet, where a form
//! is believed or not, and where a request leaves the asynchronous world.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, Header},
    },
    web::{self, Bytes},
};
use concord_app::{
    App, Error,
    audit::Doing,
    auth::{self, Browser, Person},
};
use concord_domain::language::Language;
use uuid::Uuid;

use crate::{
    cookies,
    origin::{self, Reached},
    pages::prove,
    refusal,
    reply::Reply,
    routes::{ROUTES, Route, Who},
    words::Words,
};

/// What a page is asked with.
pub struct Visit {
    /// The application.
    pub app: App,
    /// What the visitor reads.
    pub words: Words,
    /// How the browser has reached this installation, as far as a form tells.
    pub reached: Reached,
    /// The path that was asked for.
    pub path: String,
    /// What the browser kept when its person was sent to the identity provider.
    pub away: Option<String>,
    browser: Option<Browser>,
    parts: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

/// Why there is no page.
#[derive(Debug)]
pub enum Trouble {
    /// A use case refused it.
    Refused(Error),
    /// A form that stood on no page of this session.
    Forged,
    /// A form that is too large, or cannot be read.
    Unreadable(StatusCode),
    /// Somebody wants to sign in over a connection that all can read.
    InTheClear,
    /// A path has no such method.
    NoMethod,
    /// A page cannot be rendered.
    Broken(String),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// What a page answers, or why there is none.
pub type Result<T, E = Trouble> = std::result::Result<T, E>;

impl Visit {
    /// Who visits.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn person(&self) -> Result<Person> {
        let browser = self.browser.as_ref().ok_or(Error::Unauthenticated)?;
        let mut person = browser.person;
        person.language = self.words.language;
        Ok(person)
    }

    /// Whether the browser shows a session that is not over.
    pub fn is_signed_in(&self) -> bool {
        self.browser.is_some()
    }

    /// What forms carry that are made for this session.
    pub fn form_token(&self) -> Option<&str> {
        self.browser.as_ref().map(|browser| browser.form_token.as_str())
    }

    /// The key with which the browser keeps what was typed and not sent.
    pub fn draft_key(&self) -> &str {
        self.browser.as_ref().map_or("", |browser| &browser.draft_key)
    }

    /// A variable part of the path.
    pub fn part(&self, name: &str) -> &str {
        let found = self.parts.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The operation in the path, an id or a key.
    pub fn operation(&self) -> &str {
        self.part("operation")
    }

    /// The id in the path. What is no id is the id of nothing.
    ///
    /// # Errors
    /// When it is none.
    pub fn id(&self) -> Result<Uuid> {
        Uuid::parse_str(self.part("id")).map_err(|_| Error::NotFound.into())
    }

    /// A field of the form, or a parameter of the address, without blanks around it; none if it is
    /// empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// All that was sent of a field that can be sent more than once, as boxes are that are ticked.
    pub fn all_of(&self, name: &str) -> Vec<&str> {
        let sent = self.fields.iter().filter(|(known, _)| known == name);
        sent.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect()
    }

    /// Every field of the form, with its name, in their order.
    pub fn sent(&self) -> &[(String, String)] {
        &self.fields
    }

    /// A field as it was typed, as passwords are.
    pub fn field_as_typed(&self, name: &str) -> &str {
        self.typed(name).unwrap_or_default()
    }

    /// The same; none if there is no such field.
    pub fn typed(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A key under which a form can be sent twice and done once.
    pub fn new_key(&self) -> String {
        self.app.ids.id().to_string()
    }
}

/// Carries out a request for a page.
pub async fn carry_out(
    route: &'static Route,
    request: HttpRequest,
    body: std::result::Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let words = words(&request);
    let Some(app) = request.app_data::<web::Data<App>>().map(|app| app.get_ref().clone()) else {
        return refusal::of(words, &Trouble::Broken("no application".to_owned())).response();
    };
    let sent = match Sent::read(route, &request, body) {
        Ok(sent) => sent,
        Err(trouble) => return refusal::of(words, &trouble).response(),
    };
    let done = web::block(move || {
        let from = Left::of(&sent);
        let visit = enter(route, app, words, sent);
        let made = visit.and_then(|visit| prove::or_proved(route, &visit));
        made.unwrap_or_else(|trouble| match trouble {
            Trouble::Refused(Error::Unauthenticated) => to_sign_in(words, route, &from),
            trouble => refusal::of(words, &trouble),
        })
    });
    match done.await {
        Ok(reply) => reply.response(),
        Err(_) => {
            tracing::error!("a page panicked");
            refusal::of(words, &Trouble::Broken("it panicked".to_owned())).response()
        }
    }
}

/// What is left of a request once it turns out that nobody is signed in.
struct Left {
    path: String,
    brought_secret: bool,
    is_from_elsewhere: bool,
}

impl Left {
    fn of(sent: &Sent) -> Self {
        Self {
            path: sent.path.clone(),
            brought_secret: sent.secret.is_some(),
            is_from_elsewhere: sent.is_from_elsewhere,
        }
    }
}

/// Whoever asks for a page signs in first, and then comes to it. Who follows a link of another site
/// brings no cookie, and asks again from here.
fn to_sign_in(words: Words, route: &Route, from: &Left) -> Reply {
    let Left { path, brought_secret, is_from_elsewhere } = from;
    let is_page = route.method == Method::GET;
    if is_page && *is_from_elsewhere && !brought_secret {
        return refusal::ask_again(words, path);
    }
    let reply = Reply::go_to(match path.as_str() {
        path if is_page && path != "/" => format!("/sign-in?to={path}"),
        _ => "/sign-in".to_owned(),
    });
    // Only what does not hold is forgotten: there may be one that was not sent.
    let forgotten = cookies::forget_session().into_iter().filter(|_| *brought_secret);
    forgotten.fold(reply, Reply::with_cookie)
}

/// Where a path has no such method.
pub async fn no_such_method(request: HttpRequest) -> HttpResponse {
    let pattern = request.match_pattern().unwrap_or_default();
    let here = ROUTES.iter().filter(|route| route.path == pattern);
    let allowed: Vec<&str> = here.map(|route| route.method.as_str()).collect();
    let reply = refusal::of(words(&request), &Trouble::NoMethod);
    reply.with_header(header::ALLOW, allowed.join(", ")).response()
}

/// Where there is no such page.
pub async fn no_such_page(request: HttpRequest) -> HttpResponse {
    refusal::of(words(&request), &Error::NotFound.into()).response()
}

/// The language that was chosen, or the first of the four that the browser asks for, or English.
pub fn words(request: &HttpRequest) -> Words {
    let chosen = cookies::language(request.headers()).and_then(Language::from_tag);
    let asked = || {
        let ranked = header::AcceptLanguage::parse(request).map(|asked| asked.ranked());
        let tags = ranked.unwrap_or_default().into_iter();
        tags.filter_map(|tag| Language::from_tag(&tag.to_string())).next()
    };
    Words { language: chosen.or_else(asked).unwrap_or_default() }
}

/// What was sent, before anybody is asked who sent it.
struct Sent {
    path: String,
    secret: Option<String>,
    away: Option<String>,
    reached: Reached,
    is_from_elsewhere: bool,
    parts: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

impl Sent {
    fn read(
        route: &Route,
        request: &HttpRequest,
        body: std::result::Result<Bytes, actix_web::Error>,
    ) -> Result<Self> {
        let headers = request.headers();
        let body =
            body.map_err(|error| Trouble::Unreadable(error.as_response_error().status_code()))?;
        let fields = if route.method == Method::POST {
            if !origin::is_own(headers) {
                return Err(Trouble::Forged);
            }
            let content_type = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
            let essence = content_type.and_then(|it| it.split(';').next()).unwrap_or_default();
            if !essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
                return Err(Trouble::Unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            pairs(std::str::from_utf8(&body).ok())?
        } else {
            pairs(Some(request.query_string()))?
        };
        let parts = request.match_info().iter();
        Ok(Self {
            path: request.path().to_owned(),
            secret: cookies::session(headers).map(str::to_owned),
            away: cookies::away(headers).map(str::to_owned),
            reached: origin::reached(headers),
            is_from_elsewhere: origin::is_from_elsewhere(headers),
            parts: parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            fields,
        })
    }
}

fn pairs(written: Option<&str>) -> Result<Vec<(String, String)>> {
    let unreadable = || Trouble::Unreadable(StatusCode::BAD_REQUEST);
    let written = written.ok_or_else(unreadable)?;
    let read = web::Query::<Vec<(String, String)>>::from_query(written);
    Ok(read.map_err(|_| unreadable())?.into_inner())
}

/// Finds out who it is, and that a form was made for them.
fn enter(route: &'static Route, app: App, words: Words, sent: Sent) -> Result<Visit> {
    let known = sent.secret.as_deref().map(|secret| auth::known_in_browser(&app, secret));
    let browser = match known {
        Some(Ok(browser)) => Some(browser),
        None | Some(Err(Error::Unauthenticated)) => None,
        Some(Err(error)) => return Err(error.into()),
    };
    let about = sent.parts.iter().find(|(name, _)| name == "id");
    let about = about.and_then(|(_, id)| Uuid::parse_str(id).ok());
    let app = App { doing: Doing { action: route.action, about }, ..app };
    let Sent { path, away, reached, parts, fields, .. } = sent;
    let visit = Visit { app, words, reached, path, away, browser, parts, fields };
    if route.who == Who::SignedIn {
        visit.person()?;
        let is_own = visit.field("form_token") == visit.form_token();
        if route.method == Method::POST && !is_own {
            return Err(Trouble::Forged);
        }
    }
    Ok(visit)
}
