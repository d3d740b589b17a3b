//! The one list of pages.

use actix_web::{
    HttpRequest,
    http::Method,
    web::{self, Bytes},
};

use crate::{
    pages::{self, Page},
    visit,
};

/// A page: what it is asked with, and what makes it.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with its variable parts in braces.
    pub path: &'static str,
    /// As what it is recorded: the id of the operation of the API that does the same.
    pub action: &'static str,
    /// For whom it is.
    pub who: Who,
    /// What makes it.
    pub page: Page,
}

/// For whom a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, whether signed in or not.
    Anybody,
    /// Those who are signed in.
    SignedIn,
}

const fn get(path: &'static str, action: &'static str, who: Who, page: Page) -> Route {
    Route { method: Method::GET, path, action, who, page }
}

const fn post(path: &'static str, action: &'static str, who: Who, page: Page) -> Route {
    Route { method: Method::POST, path, action, who, page }
}

use Who::{Anybody, SignedIn};

/// Every page.
pub const ROUTES: &[Route] = &[
    get("/sign-in", "sign_in", Anybody, pages::sign_in::show),
    post("/sign-in", "sign_in", Anybody, pages::sign_in::first_step),
    post("/sign-in/second-factor", "second_step", Anybody, pages::sign_in::second_step),
    post("/sign-out", "sign_out_here", SignedIn, pages::sign_in::sign_out),
    get("/sessions", "list_sessions", SignedIn, pages::sessions::list),
    post("/sessions/end", "sign_out", SignedIn, pages::sessions::end_all),
    post("/sessions/{id}/end", "end_session", SignedIn, pages::sessions::end),
    post("/language", "me", Anybody, pages::language::choose),
    get("/", "list_operations", SignedIn, pages::operations::start),
    get("/operations", "list_operations", SignedIn, pages::operations::list),
    get("/operations/{operation}", "list_notifications", SignedIn, pages::home::show),
    get("/operations/{operation}/flags", "list_flags", SignedIn, pages::flags::list),
    get("/operations/{operation}/flags/{id}", "get_flag", SignedIn, pages::flag::show),
    post("/operations/{operation}/flags/{id}/steps", "step_flag", SignedIn, pages::flag::step),
    get("/operations/{operation}/log", "create_engagements", SignedIn, pages::log::ask),
    post("/operations/{operation}/log", "create_engagements", SignedIn, pages::log::send),
    get("/operations/{operation}/entries/{id}", "get_engagements", SignedIn, pages::entry::show),
    get(
        "/operations/{operation}/entries/{id}/again",
        "get_engagements",
        SignedIn,
        pages::log::again,
    ),
    post(
        "/operations/{operation}/entries/{id}/renewal",
        "renew_engagement",
        SignedIn,
        pages::entry::renew,
    ),
    post(
        "/operations/{operation}/entries/{id}/status",
        "amend_engagements",
        SignedIn,
        pages::entry::change_status,
    ),
    get("/operations/{operation}/contact", "list_contact_requests", SignedIn, pages::contact::list),
    post(
        "/operations/{operation}/contact/{id}/answer",
        "answer_contact_request",
        SignedIn,
        pages::contact::answer,
    ),
    get(
        "/operations/{operation}/flags/{id}/contact",
        "ask_for_contact",
        SignedIn,
        pages::contact::ask,
    ),
    post(
        "/operations/{operation}/flags/{id}/contact",
        "ask_for_contact",
        SignedIn,
        pages::contact::send_about_flag,
    ),
    get(
        "/operations/{operation}/restricted/{id}/contact",
        "ask_for_contact",
        SignedIn,
        pages::contact::ask,
    ),
    post(
        "/operations/{operation}/restricted/{id}/contact",
        "ask_for_contact",
        SignedIn,
        pages::contact::send_about_line,
    ),
    get("/operations/{operation}/learn", "list_guidance", SignedIn, pages::learn::show),
    get("/operations/{operation}/queue", "list_queue", SignedIn, pages::queue::show),
    get("/operations/{operation}/meeting", "create_brief", SignedIn, pages::meeting::ask),
    post("/operations/{operation}/meeting", "create_brief", SignedIn, pages::meeting::show_brief),
    post(
        "/operations/{operation}/timeline",
        "create_timeline",
        SignedIn,
        pages::meeting::show_timeline,
    ),
    get("/operations/{operation}/report", "create_report", SignedIn, pages::report::ask),
    post("/operations/{operation}/report", "create_report", SignedIn, pages::report::show),
];

impl Route {
    /// The route of the server.
    pub fn service(&'static self) -> actix_web::Route {
        web::method(self.method.clone()).to(
            move |request: HttpRequest, body: Result<Bytes, actix_web::Error>| {
                visit::carry_out(self, request, body)
            },
        )
    }
}
