//! The pages, as the browser of the same person asks for them in both worlds.

use actix_web::http::Method;
use concord_tests::{
    PASSWORD,
    plain_browser::tags,
    tape::Sent,
    walk::{OPERATION, text},
};
use concord_web::ROUTES;

use crate::{
    calls::word,
    pair::{Pair, Share},
    planting::Hidden,
    random::Random,
    stage::{Base, Stage},
};

/// Where a browser says that a form stood; it is believed, since it says too that it is the same.
const ORIGIN: &str = "https://registry.example";
/// The cookie with the session, and that of who is at the identity provider.
const SESSION: &str = "__Host-concord";
const AWAY: &str = "__Host-concord-away";

/// What is asked for in a form, beginning with one that is answered well where it can be.
type Forms = Vec<Vec<(&'static str, String)>>;

/// What a browser knows of its session.
#[derive(Default)]
struct Session {
    secret: Option<String>,
    form_token: Option<String>,
    /// What it keeps of who is away.
    away: Option<String>,
}

/// The name under which a page is counted.
pub fn name(method: &Method, path: &str) -> String {
    format!("page {method} {path}")
}

impl Session {
    fn sends(&self, method: &Method, path: &str, fields: &[(&str, String)]) -> Sent {
        let mut headers = vec![
            ("origin".to_owned(), ORIGIN.to_owned()),
            ("sec-fetch-site".to_owned(), "same-origin".to_owned()),
        ];
        let kept = [(SESSION, &self.secret), (AWAY, &self.away)];
        for (name, value) in kept {
            if let Some(value) = value {
                headers.push(("cookie".to_owned(), format!("{name}={value}")));
            }
        }
        let mut body = Vec::new();
        if *method == Method::POST {
            let form = "application/x-www-form-urlencoded";
            headers.push(("content-type".to_owned(), form.to_owned()));
            let mut written = url::form_urlencoded::Serializer::new(String::new());
            written.extend_pairs(self.form_token.iter().map(|token| ("form_token", token)));
            written.extend_pairs(fields);
            body = written.finish().into_bytes();
        }
        Sent { method: method.to_string(), path: path.to_owned(), headers, body, ..Sent::default() }
    }
}

impl Pair<'_> {
    /// Looks at every page of a share, and sends every form. What ends the session comes last.
    pub fn look_at_pages(&mut self, (base, stage): (&Base, &Stage), hidden: &Hidden, share: Share) {
        let mut session = self.sign_in(stage);
        // To sign in, and then to be at the start.
        session.away = Some(format!("sign_in.{}.Lw", text(&base.back["secret"])));
        let session = session;
        // Whoever signs in anew ends the session that there was.
        let ends = |path: &str| {
            let is_in = path.starts_with("/sign-in/") || path == "/invitation";
            is_in || path.starts_with("/sessions") || path == "/sign-out"
        };
        let (last, first): (Vec<_>, Vec<_>) = ROUTES
            .iter()
            .enumerate()
            .partition(|(_, (method, path))| *method == Method::POST && ends(path));
        for (at, (method, path)) in first.into_iter().chain(last) {
            if !share.has(at) {
                continue;
            }
            let mut random = self.random(at, 2);
            let forms = forms((method, path), base, hidden, &mut random);
            for address in self.addresses(base, &session, (path, hidden), &mut random) {
                for fields in &forms {
                    let sent = session.sends(method, &address, fields);
                    let (left, right) = self.both(&sent);
                    self.compare(&name(method, path), &sent, (&left, &right));
                }
            }
        }
    }

    /// Signs in by the form, in both worlds.
    fn sign_in(&mut self, stage: &Stage) -> Session {
        let fields = [("login", stage.login.clone()), ("password", PASSWORD.to_owned())];
        let mut session = Session::default();
        let sent = session.sends(&Method::POST, "/sign-in", &fields);
        let (left, right) = self.both(&sent);
        self.compare(&name(&Method::POST, "/sign-in"), &sent, (&left, &right));
        let cookies = left.headers.iter().filter(|(name, _)| name == "set-cookie");
        let mut secrets = cookies.filter_map(|(_, cookie)| {
            let secret = cookie.strip_prefix(SESSION)?.strip_prefix('=')?.split(';').next()?;
            (!secret.is_empty()).then(|| secret.to_owned())
        });
        session.secret = secrets.next_back();
        let (page, _) = self.both(&session.sends(&Method::GET, "/operations", &[]));
        let hidden = tags(&page.text, "input").into_iter();
        let token = |input: &std::collections::BTreeMap<String, String>| {
            input.get("name").is_some_and(|name| name == "form_token")
        };
        session.form_token = hidden.filter(token).find_map(|input| input.get("value").cloned());
        session
    }

    /// The addresses of a page: with what can be read, and with what is hidden.
    fn addresses(
        &mut self,
        base: &Base,
        session: &Session,
        (path, hidden): (&str, &Hidden),
        random: &mut Random,
    ) -> Vec<String> {
        let path = path.replace("{operation}", OPERATION);
        if path == "/sign-in/elsewhere" {
            return vec![format!("{path}?state=0&code=0"), path];
        }
        if !path.contains("{id}") {
            return vec![path];
        }
        let mut ids = vec![base.followed.clone()];
        if path.contains("/flags/") {
            let list = format!("/operations/{OPERATION}/flags?show=all");
            let (page, _) = self.both(&session.sends(&Method::GET, &list, &[]));
            let links = tags(&page.text, "a").into_iter().filter_map(|mut it| it.remove("href"));
            let flags = links.filter(|link| link.contains("/flags/"));
            ids.extend(flags.filter_map(|link| link.rsplit('/').next().map(str::to_owned)).take(2));
        }
        if !hidden.ids.is_empty() {
            ids.push(hidden.ids[random.below(hidden.ids.len())].1.clone());
        }
        ids.into_iter().map(|id| path.replace("{id}", &id)).collect()
    }
}

/// What is sent to a page: what people type, and the same about what is hidden.
fn forms(
    (method, path): (&Method, &str),
    base: &Base,
    hidden: &Hidden,
    random: &mut Random,
) -> Forms {
    if *method == Method::GET {
        return vec![Vec::new()];
    }
    let typed = |fields: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let meeting = typed(&[("actor", "UFV Sefa Bridge post"), ("day", "2026-11-20")]);
    let line = typed(&[
        ("actor", "UFV Sefa Bridge post"),
        ("level", "tactical"),
        ("place", "XT030102"),
        ("from", "2026-11-20"),
        ("until", "2026-12-10"),
        ("method", "negotiation"),
        ("issue", "access.movement.checkpoints"),
        ("what", "ask:staff_checkpoint"),
        ("status", "ongoing"),
        ("sharing", "own_match"),
    ]);
    let with = |fields: &[(&'static str, String)], more: &[(&'static str, &str)]| {
        let kept = fields.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        kept.cloned().chain(typed(more)).collect::<Vec<_>>()
    };
    let mut forms = match path {
        "/sign-in" => vec![typed(&[("login", "nobody"), ("password", "wrong")])],
        "/sign-in/second-factor" => {
            let (challenge, code) = &base.second_step;
            vec![typed(&[("challenge", challenge), ("code", code)]), typed(&[("code", "000000")])]
        }
        "/sign-in/passkey" | "/sign-in/elsewhere" | "/prove/elsewhere" => {
            vec![typed(&[("to", "/operations")])]
        }
        "/sign-in/passkey/answer" => {
            let (shown, response) = (&base.passkey, &base.passkey["response"]);
            vec![vec![
                ("raw_id", text(&shown["rawId"])),
                ("client_data", text(&response["clientDataJSON"])),
                ("authenticator_data", text(&response["authenticatorData"])),
                ("signature", text(&response["signature"])),
                ("user_handle", text(&response["userHandle"])),
            ]]
        }
        "/account/passkeys" => vec![typed(&[
            ("name", "A page"),
            ("raw_id", "AAAA"),
            ("client_data", "e30"),
            ("attestation", "AAAA"),
        ])],
        "/sign-in/elsewhere/return" => {
            let returned = ["state", "code", "iss"].map(|name| (name, text(&base.back[name])));
            vec![returned.to_vec()]
        }
        "/account/passkeys/new" => vec![typed(&[("name", "A page")])],
        "/language" => vec![typed(&[("language", "ar"), ("here", "/operations")])],
        "/sign-out" | "/sessions/end" | "/sessions/{id}/end" => vec![Vec::new()],
        "/operations/{operation}/flags/{id}/steps" => {
            vec![typed(&[("state", "acknowledged"), ("key", "pages")])]
        }
        "/operations/{operation}/flags/{id}/contact"
        | "/operations/{operation}/restricted/{id}/contact" => {
            vec![typed(&[("reason", "Before we go."), ("key", "ask")])]
        }
        "/operations/{operation}/contact/{id}/answer" => {
            vec![typed(&[("answer", "no"), ("key", "answer")])]
        }
        "/operations/{operation}/meeting" | "/operations/{operation}/timeline" => {
            vec![with(&meeting, &[("place", "XT030102")]), meeting.clone()]
        }
        "/operations/{operation}/report" => ["", "html", "csv", "xlsx", "docx", "pdf"]
            .into_iter()
            .zip(["full", "handed_round", "full", "full", "handed_round", "full"])
            .map(|(form, edition)| {
                let period = [("from", "2026-01-01"), ("until", "2026-12-31")];
                with(&typed(&period), &[("form", form), ("edition", edition)])
            })
            .collect(),
        "/operations/{operation}/log" => vec![
            with(&line, &[("do", "preview")]),
            with(&line, &[("do", "preview"), ("what", "ask:remove_checkpoint")]),
            with(&line, &[("do", "log"), ("key", "pages"), ("met_on", "2026-11-01")]),
        ],
        "/operations/{operation}/entries/{id}/renewal" => vec![Vec::new(), typed(&[("tag", "*")])],
        "/operations/{operation}/entries/{id}/status" => {
            vec![typed(&[("tag", "*"), ("status", "suspended")])]
        }
        "/invitation" => [&base.invitation, "0000"]
            .map(|code| typed(&[("code", code), ("password", "a long pass phrase")]))
            .into(),
        "/prove" => vec![typed(&[("proof", PASSWORD), ("to", "/operations")])],
        "/account/password" => {
            vec![typed(&[("password", "wrong"), ("new_password", "another pass phrase")])]
        }
        "/account/second-factor/confirmation"
        | "/account/second-factor/recovery-codes"
        | "/account/second-factor/removal"
        | "/account/second-factor" => vec![typed(&[("code", "000000")])],
        "/account/email" => {
            vec![typed(&[("address", "somebody@example.org"), ("sends", "digest")])]
        }
        "/account/email/confirmation" => vec![typed(&[("code", "0000")])],
        "/account/email/choice" => vec![typed(&[("sends", "digest")])],
        "/account/email/removal"
        | "/account/identities"
        | "/account/identities/{id}/unlink"
        | "/account/passkeys/{id}/removal"
        | "/account/tools/{id}/revoke" => vec![Vec::new()],
        "/account/tools" => {
            vec![typed(&[("name", "A tool"), ("scope", "read"), ("ends_on", "2026-12-01")])]
        }
        "/new-operation" => vec![typed(&[("name", "Another"), ("country", "XTL")])],
        "/operations/{operation}/people" => {
            vec![typed(&[("login", "page@rtw"), ("name", "A page"), ("role", "member")])]
        }
        "/operations/{operation}/desk/changes" => {
            vec![typed(&[("login", "page@desk"), ("name", "A page")])]
        }
        "/operations/{operation}/people/{id}/remove"
        | "/operations/{operation}/desk/people/{id}/removal"
        | "/operations/{operation}/desk/changes/{id}/confirmation"
        | "/operations/{operation}/desk/changes/{id}/withdrawal" => vec![Vec::new()],
        "/operations/{operation}/organizations" | "/operations/{operation}/organizations/{id}" => {
            vec![typed(&[("name", "Page"), ("kind", "ingo"), ("key", "page"), ("state", "*")])]
        }
        "/operations/{operation}/mechanisms" | "/operations/{operation}/mechanisms/{id}" => {
            vec![typed(&[("name", "Page"), ("kind", "access_working_group"), ("state", "*")])]
        }
        "/operations/{operation}/leads" | "/operations/{operation}/leads/{id}" => vec![typed(&[
            ("organization", "rtw"),
            ("armed_actor", "UFV Sefa Bridge post"),
            ("from", "2026-11-01"),
            ("state", "*"),
        ])],
        "/operations/{operation}/common-positions"
        | "/operations/{operation}/common-positions/{id}" => {
            vec![typed(&[("title", "Page"), ("issue", "access.movement"), ("state", "*")])]
        }
        "/operations/{operation}/retention" => vec![typed(&[("reason", "A page.")])],
        "/operations/{operation}/network" => {
            vec![with(&meeting, &[("place", "XT030102")]), typed(&[("from", "2026-09-01")])]
        }
        "/operations/{operation}/armed-actors" => vec![typed(&[("name", "Sefa")])],
        other => panic!("there is no call for the page {other}"),
    };
    // The same with a field that names what is hidden.
    if let (Some(word), Some(mut fields)) = (word(hidden, random), forms.first().cloned())
        && !fields.is_empty()
    {
        let at = random.below(fields.len());
        fields[at].1 = word;
        forms.push(fields);
    }
    forms
}
