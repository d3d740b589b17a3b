//! What a page answers, with what every answer has: nothing of it is kept, nothing that stands in it
//! runs, and nothing comes from elsewhere.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
};
use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use concord_app::audit;

use crate::visit::Trouble;

/// What a page may load: the stylesheet and the mark of this installation, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The headers of every page. With another referrer policy browsers would not say from where a form
/// comes; other sites are told nothing.
const FIXED: [(&str, &str); 6] = [
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// What a page answers.
pub struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    location: Option<String>,
    policy: String,
    headers: Vec<(HeaderName, String)>,
}

impl Reply {
    fn new(status: StatusCode, page: String) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            body: page.into_bytes(),
            location: None,
            policy: POLICY.to_owned(),
            headers: Vec::new(),
        }
    }

    /// A page.
    ///
    /// # Errors
    /// [`Trouble::Broken`] if it cannot be rendered.
    pub fn page(page: &impl Template) -> Result<Self, Trouble> {
        Self::with_status(StatusCode::OK, page)
    }

    /// A page with another status than 200.
    ///
    /// # Errors
    /// [`Trouble::Broken`] if it cannot be rendered.
    pub fn with_status(status: StatusCode, page: &impl Template) -> Result<Self, Trouble> {
        let rendered = page.render().map_err(|error| Trouble::Broken(error.to_string()))?;
        Ok(Self::new(status, rendered))
    }

    /// The same, which may run what this installation serves, and nothing that stands in the page.
    pub fn with_script(mut self) -> Self {
        self.policy = format!("{}; script-src 'self'", self.policy);
        self
    }

    /// A document that brings its one style along, which alone may be used.
    pub fn document(page: String) -> Self {
        let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
        let hash = audit::sha256(&[style.map_or("", |(style, _)| style).as_bytes()]);
        let hash = STANDARD.encode(hash);
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; form-action 'none'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        Self { policy, ..Self::new(StatusCode::OK, page) }
    }

    /// A file, which is kept under this name and not shown.
    pub fn file(file: Vec<u8>, content_type: &'static str, name: &str) -> Self {
        let reply = Self { content_type, body: file, ..Self::new(StatusCode::OK, String::new()) };
        let disposition = format!("attachment; filename=\"{name}\"");
        reply.with_header(header::CONTENT_DISPOSITION, disposition)
    }

    /// Sends the browser on to another page, which it asks for anew.
    pub fn go_to(location: impl Into<String>) -> Self {
        let mut reply = Self::new(StatusCode::SEE_OTHER, String::new());
        reply.location = Some(location.into());
        reply
    }

    /// The same, with a header.
    pub fn with_header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same, with a cookie.
    pub fn with_cookie(self, cookie: String) -> Self {
        self.with_header(header::SET_COOKIE, cookie)
    }

    /// The same, to be tried again after so many seconds.
    pub fn after(self, seconds: Option<u64>) -> Self {
        match seconds {
            Some(seconds) => self.with_header(header::RETRY_AFTER, seconds.to_string()),
            None => self,
        }
    }

    /// The answer.
    pub fn response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for (name, value) in FIXED {
            response.insert_header((name, value));
        }
        response.insert_header((header::CONTENT_SECURITY_POLICY, self.policy));
        for header in self.headers {
            response.append_header(header);
        }
        match self.location {
            Some(location) => response.insert_header((header::LOCATION, location)).finish(),
            None => response.content_type(self.content_type).body(self.body),
        }
    }
}
