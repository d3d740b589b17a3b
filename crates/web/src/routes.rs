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
    post("/sign-in/passkey", "begin_passkey_sign_in", Anybody, pages::passkeys::sign_in),
    post("/sign-in/passkey/answer", "sign_in_with_passkey", Anybody, pages::passkeys::signed_in),
    post("/sign-in/elsewhere", "begin_oidc_sign_in", Anybody, pages::elsewhere::sign_in),
    get("/sign-in/elsewhere", "finish_oidc_sign_in", Anybody, pages::elsewhere::back),
    post("/sign-in/elsewhere/return", "finish_oidc_sign_in", Anybody, pages::elsewhere::done),
    post("/sign-out", "sign_out_here", SignedIn, pages::sign_in::sign_out),
    get("/sessions", "list_sessions", SignedIn, pages::sessions::list),
    post("/sessions/end", "sign_out", SignedIn, pages::sessions::end_all),
    post("/sessions/{id}/end", "end_session", SignedIn, pages::sessions::end),
    post("/language", "me", Anybody, pages::language::choose),
    get("/invitation", "accept_invitation", Anybody, pages::invitation::show),
    post("/invitation", "accept_invitation", Anybody, pages::invitation::accept),
    get("/prove", "step_up", SignedIn, pages::prove::show),
    post("/prove", "step_up", SignedIn, pages::prove::back),
    post("/prove/elsewhere", "begin_oidc", SignedIn, pages::elsewhere::prove),
    get("/account", "me", SignedIn, pages::account::show),
    get("/account/password", "change_password", SignedIn, pages::password::show),
    post("/account/password", "change_password", SignedIn, pages::password::change),
    get("/account/second-factor", "get_second_factor", SignedIn, pages::own_second_factor::show),
    post(
        "/account/second-factor",
        "enrol_second_factor",
        SignedIn,
        pages::own_second_factor::enrol,
    ),
    post(
        "/account/second-factor/confirmation",
        "confirm_second_factor",
        SignedIn,
        pages::own_second_factor::confirm,
    ),
    post(
        "/account/second-factor/recovery-codes",
        "renew_recovery_codes",
        SignedIn,
        pages::own_second_factor::renew_recovery_codes,
    ),
    post(
        "/account/second-factor/removal",
        "remove_second_factor",
        SignedIn,
        pages::own_second_factor::remove,
    ),
    get("/account/email", "get_email", SignedIn, pages::email::show),
    post("/account/email", "set_email", SignedIn, pages::email::set),
    post("/account/email/confirmation", "confirm_email", SignedIn, pages::email::confirm),
    post("/account/email/choice", "choose_email", SignedIn, pages::email::choose),
    post("/account/email/removal", "remove_email", SignedIn, pages::email::remove),
    get("/account/passkeys", "list_passkeys", SignedIn, pages::passkeys::list),
    post("/account/passkeys/new", "begin_passkey", SignedIn, pages::passkeys::begin),
    post("/account/passkeys", "add_passkey", SignedIn, pages::passkeys::add),
    post("/account/passkeys/{id}/removal", "remove_passkey", SignedIn, pages::passkeys::remove),
    get("/account/identities", "list_identities", SignedIn, pages::identities::list),
    post("/account/identities", "begin_oidc", SignedIn, pages::elsewhere::link),
    post("/account/identities/{id}/unlink", "unlink_identity", SignedIn, pages::identities::unlink),
    get("/account/tools", "list_tool_tokens", SignedIn, pages::tools::list),
    post("/account/tools", "make_tool_token", SignedIn, pages::tools::make),
    post("/account/tools/{id}/revoke", "revoke_tool_token", SignedIn, pages::tools::revoke),
    get("/", "list_operations", SignedIn, pages::operations::start),
    get("/operations", "list_operations", SignedIn, pages::operations::list),
    get("/new-operation", "create_operation", SignedIn, pages::new_operation::show),
    post("/new-operation", "create_operation", SignedIn, pages::new_operation::make),
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
    get("/operations/{operation}/setup", "get_operation", SignedIn, pages::setup::show),
    get("/operations/{operation}/people", "list_people", SignedIn, pages::people::list),
    post("/operations/{operation}/people", "invite", SignedIn, pages::people::invite),
    post(
        "/operations/{operation}/people/{id}/remove",
        "remove_person",
        SignedIn,
        pages::people::remove,
    ),
    get("/operations/{operation}/desk", "list_desk", SignedIn, pages::desk::show),
    post(
        "/operations/{operation}/desk/changes",
        "propose_desk_change",
        SignedIn,
        pages::desk::propose,
    ),
    post(
        "/operations/{operation}/desk/people/{id}/removal",
        "propose_desk_change",
        SignedIn,
        pages::desk::propose_removal,
    ),
    post(
        "/operations/{operation}/desk/changes/{id}/confirmation",
        "confirm_desk_change",
        SignedIn,
        pages::desk::confirm,
    ),
    post(
        "/operations/{operation}/desk/changes/{id}/withdrawal",
        "withdraw_desk_change",
        SignedIn,
        pages::desk::withdraw,
    ),
    get(
        "/operations/{operation}/organizations",
        "list_organizations",
        SignedIn,
        pages::organizations::list,
    ),
    post(
        "/operations/{operation}/organizations",
        "create_organizations",
        SignedIn,
        pages::organizations::add,
    ),
    get(
        "/operations/{operation}/organizations/{id}",
        "get_organizations",
        SignedIn,
        pages::organizations::show,
    ),
    post(
        "/operations/{operation}/organizations/{id}",
        "amend_organizations",
        SignedIn,
        pages::organizations::amend,
    ),
    get("/operations/{operation}/mechanisms", "list_mechanisms", SignedIn, pages::mechanisms::list),
    post(
        "/operations/{operation}/mechanisms",
        "create_mechanisms",
        SignedIn,
        pages::mechanisms::add,
    ),
    get(
        "/operations/{operation}/mechanisms/{id}",
        "get_mechanisms",
        SignedIn,
        pages::mechanisms::show,
    ),
    post(
        "/operations/{operation}/mechanisms/{id}",
        "amend_mechanisms",
        SignedIn,
        pages::mechanisms::amend,
    ),
    get("/operations/{operation}/leads", "list_leads", SignedIn, pages::leads::list),
    post("/operations/{operation}/leads", "create_leads", SignedIn, pages::leads::add),
    get("/operations/{operation}/leads/{id}", "get_leads", SignedIn, pages::leads::show),
    post("/operations/{operation}/leads/{id}", "amend_leads", SignedIn, pages::leads::amend),
    get(
        "/operations/{operation}/common-positions",
        "list_common_positions",
        SignedIn,
        pages::common_positions::list,
    ),
    post(
        "/operations/{operation}/common-positions",
        "create_common_positions",
        SignedIn,
        pages::common_positions::add,
    ),
    get(
        "/operations/{operation}/common-positions/{id}",
        "get_common_positions",
        SignedIn,
        pages::common_positions::show,
    ),
    post(
        "/operations/{operation}/common-positions/{id}",
        "amend_common_positions",
        SignedIn,
        pages::common_positions::amend,
    ),
    get("/operations/{operation}/retention", "get_retention", SignedIn, pages::retention::show),
    post("/operations/{operation}/retention", "set_retention", SignedIn, pages::retention::set),
    get("/operations/{operation}/audit", "list_audit_records", SignedIn, pages::audit::list),
    get("/operations/{operation}/network", "create_network", SignedIn, pages::network::show),
    post("/operations/{operation}/network", "create_network", SignedIn, pages::network::narrowed),
    get(
        "/operations/{operation}/armed-actors",
        "list_armed_actors",
        SignedIn,
        pages::armed_actors::list,
    ),
    post(
        "/operations/{operation}/armed-actors",
        "search_armed_actors",
        SignedIn,
        pages::armed_actors::find,
    ),
    get(
        "/operations/{operation}/armed-actors/{id}",
        "create_brief",
        SignedIn,
        pages::armed_actor::show,
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
