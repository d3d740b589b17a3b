//! Signing in at a real identity provider: oidc-provider of npm, which is certified, and whose pages
//! are gone through as a browser does.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
};

use concord_app::oidc::{Provider, Settings, Sufficient};
use concord_tests::{
    Database, Registry, file,
    provider::REDIRECT_URI,
    serving::{Demonstration, tool},
    small_world,
};
use serde_json::{Value, json};
use url::Url;

use super::{is_problem, second_factor::holding};

const SECRET: &str = "a secret of the client: +/&";

/// A provider that runs, and ends with the test.
struct Running {
    process: Child,
    issuer: String,
    /// Held, since it goes on to say things.
    _said: BufReader<ChildStdout>,
}

impl Running {
    fn start(scheme: &str) -> Self {
        let module = tool("node/node_modules/oidc-provider/lib/index.js");
        let mut process = Command::new("node")
            .arg(file("clients/provider.mjs"))
            .arg(module.canonicalize().expect("the module"))
            .args([REDIRECT_URI, SECRET, scheme])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the provider starts");
        let mut said = BufReader::new(process.stdout.take().expect("its output"));
        let mut issuer = String::new();
        said.read_line(&mut issuer).expect("it says where it is");
        Self { process, issuer: issuer.trim().to_owned(), _said: said }
    }

    fn provider(&self, algorithm: &str, certificates: Option<Vec<u8>>) -> Arc<Provider> {
        let settings = Settings {
            issuer: self.issuer.clone(),
            client_id: format!("concord-{algorithm}"),
            client_secret: Some(SECRET.to_owned().into()),
            redirect_uri: REDIRECT_URI.to_owned(),
            sufficient: Sufficient::default(),
            certificates,
        };
        Arc::new(Provider::new(settings).expect("a provider"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser that keeps cookies and fills in forms.
struct Browser {
    agent: ureq::Agent,
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        // The provider closes what is idle whenever it likes.
        let config = config.max_idle_connections(0);
        Self { agent: config.build().into(), cookies: Vec::new() }
    }

    /// Sends a form, or asks for a page: where it leads to, or what stands there.
    fn go(&mut self, url: &Url, form: Option<&str>) -> Result<Url, String> {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookie = pairs.join("; ");
        let answer = match form {
            None => self.agent.get(url.as_str()).header("cookie", cookie).call(),
            Some(form) => self
                .agent
                .post(url.as_str())
                .header("cookie", cookie)
                .content_type("application/x-www-form-urlencoded")
                .send(form),
        };
        let mut answer = answer.expect("an answer");
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        match answer.headers().get("location").and_then(|location| location.to_str().ok()) {
            Some(location) => Ok(url.join(location).expect("an address")),
            None => Err(answer.body_mut().read_to_string().expect("a page")),
        }
    }

    /// Signs in under this name, and says with what the provider sends back.
    fn sign_in(&mut self, authorization_url: &str, login: &str) -> Vec<(String, String)> {
        let mut url = Url::parse(authorization_url).expect("an address");
        for _ in 0..12 {
            if url.as_str().starts_with(REDIRECT_URI) {
                return url.query_pairs().into_owned().collect();
            }
            url = match self.go(&url, None) {
                Ok(next) => next,
                Err(page) => {
                    let action =
                        page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
                    let action = action.unwrap_or_else(|| panic!("no form: {page}"));
                    let action = url.join(action).expect("an address");
                    let form = if page.contains("value=\"login\"") {
                        format!("prompt=login&login={login}&password=any")
                    } else {
                        "prompt=consent".to_owned()
                    };
                    self.go(&action, Some(&form)).expect("it leads on")
                }
            };
        }
        panic!("it leads nowhere: {url}");
    }
}

/// What somebody comes back with who was sent there with this answer.
fn back(browser: &mut Browser, sent: &Value, login: &str) -> Value {
    let url = sent["authorization_url"].as_str().expect("an address");
    let returned = browser.sign_in(url, login);
    let mut body: serde_json::Map<String, Value> =
        returned.into_iter().map(|(name, value)| (name, value.into())).collect();
    body.insert("secret".to_owned(), sent["secret"].clone());
    body.into()
}

#[test]
fn somebody_links_what_they_are_at_a_certified_provider_and_signs_in_there() {
    let running = Running::start("http");
    let on = [
        (Database::Sqlite, "RS256"),
        (Database::Sqlite, "ES256"),
        (Database::Sqlite, "EdDSA"),
        (Database::Postgres, "RS256"),
    ];
    for (database, algorithm) in on {
        let registry = Registry::signing_in_at(database, Some(running.provider(algorithm, None)));
        registry.import(&small_world());
        // The provider has the clock of the machine.
        let since = std::time::UNIX_EPOCH.elapsed().expect("it is later").as_secs();
        let now = i64::try_from(since).expect("a time");
        registry.pass_seconds(now - registry.app.now().and_utc().timestamp());
        let a = registry.member("demo", "a");
        let nobody = registry.nobody("demo");
        let mut browser = Browser::new();

        // Nobody is linked to it yet.
        let sent = nobody.post("/v1/sign-in/oidc", &json!({})).expect(200).body;
        let body = back(&mut browser, &sent, "anna");
        assert_eq!(body["iss"], running.issuer.as_str());
        let refused = nobody.post("/v1/sign-in/oidc/callback", &body);
        is_problem(&refused, 401, "sign_in_refused");

        let sent = a.post("/v1/me/oidc", &json!({"for": "link"})).expect(200).body;
        let body = back(&mut browser, &sent, "anna");
        a.post("/v1/me/oidc/callback", &body).expect(204);

        let sent = nobody.post("/v1/sign-in/oidc", &json!({})).expect(200).body;
        let body = back(&mut browser, &sent, "anna");
        let tokens = nobody.post("/v1/sign-in/oidc/callback", &body).expect(200);
        let signed_in = holding(&registry, &tokens);
        assert_eq!(signed_in.get("/v1/me").expect(200).body["login"], a.login.as_str());
        is_problem(&nobody.post("/v1/sign-in/oidc/callback", &body), 401, "sign_in_refused");

        // A code that goes with another attempt: the verifier is not its own.
        let first = nobody.post("/v1/sign-in/oidc", &json!({})).expect(200).body;
        let second = nobody.post("/v1/sign-in/oidc", &json!({})).expect(200).body;
        let mut body = back(&mut browser, &first, "anna");
        body["state"] = second["state"].clone();
        body["secret"] = second["secret"].clone();
        is_problem(&nobody.post("/v1/sign-in/oidc/callback", &body), 401, "sign_in_refused");

        // It asks for the login anew when it is to be a proof.
        let sent = signed_in.post("/v1/me/oidc", &json!({"for": "step_up"})).expect(200).body;
        let body = back(&mut browser, &sent, "anna");
        signed_in.post("/v1/me/oidc/callback", &body).expect(204);

        let mut other = Browser::new();
        let sent = nobody.post("/v1/sign-in/oidc", &json!({})).expect(200).body;
        let body = back(&mut other, &sent, "bert");
        is_problem(&nobody.post("/v1/sign-in/oidc/callback", &body), 401, "sign_in_refused");
    }
}

#[test]
fn a_provider_is_asked_by_tls_and_only_if_its_certificate_is_trusted() {
    let running = Running::start("https");
    let trusted = std::fs::read(file("clients/provider.pem")).expect("the certificate");
    for (certificates, status) in [(Some(trusted), 200), (None, 503)] {
        let provider = running.provider("RS256", certificates);
        let registry = Registry::signing_in_at(Database::Sqlite, Some(provider));
        let answer = registry.nobody("demo").post("/v1/sign-in/oidc", &json!({})).expect(status);
        let url = answer.body["authorization_url"].as_str().unwrap_or_default();
        assert_eq!(url.starts_with("https://127.0.0.1:"), status == 200, "{}", answer.text);
    }
}

#[test]
fn the_binary_signs_people_in_at_the_provider_that_it_is_started_with() {
    let running = Running::start("http");
    let secret = std::env::temp_dir().join(format!("concord-oidc-secret-{}", std::process::id()));
    std::fs::write(&secret, format!("{SECRET}\n")).expect("the secret is kept");
    let flags = [
        "--oidc-issuer",
        &running.issuer,
        "--oidc-client-id",
        "concord-ES256",
        "--oidc-redirect-uri",
        REDIRECT_URI,
        "--oidc-client-secret-file",
        &secret.display().to_string(),
        "--oidc-sufficient",
        "acr=urn:two,amr=mfa",
    ];
    let server = Demonstration::with("oidc", &flags);
    let mut browser = Browser::new();
    let token = server.token("desk");
    let sent = server.post("/v1/me/oidc", &token, &json!({"for": "link"}));
    assert!(sent["authorization_url"].as_str().expect("an address").contains("urn%3Atwo"));
    let linked = ureq::post(format!("http://{}/v1/me/oidc/callback", server.address))
        .header("authorization", format!("Bearer {token}"))
        .send_json(back(&mut browser, &sent, "anna"));
    assert_eq!(linked.expect("it is linked").status(), 204);
    let sent = server.post("/v1/sign-in/oidc", "", &json!({}));
    let body = back(&mut browser, &sent, "anna");
    let tokens = server.post("/v1/sign-in/oidc/callback", "", &body);
    let me = server.get("/v1/me", tokens["access_token"].as_str().expect("a token"));
    assert_eq!(me["login"], "desk");
    // Neither the secrets nor who somebody is there are found in the log.
    let log = std::fs::read_to_string(server.folder.join("log")).expect("the log");
    for secret in [SECRET, "anna", body["code"].as_str().expect("a code")] {
        assert!(!log.contains(secret), "{secret}");
    }
    let _ = std::fs::remove_file(secret);
}

#[test]
fn the_binary_does_not_start_with_a_provider_that_cannot_be_one() {
    let registry = Registry::on(Database::Sqlite);
    let good = [
        ("--oidc-issuer", "https://id.example"),
        ("--oidc-client-id", "concord"),
        ("--oidc-redirect-uri", REDIRECT_URI),
    ];
    let with = |changed: &str, value: Option<&str>| {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        for (name, written) in good.iter().filter(|(name, _)| *name != changed) {
            arguments.extend([*name, *written]);
        }
        arguments.extend(value.into_iter().flat_map(|value| [changed, value]));
        registry.command(&arguments).expect_err("it is refused")
    };
    for (name, value, said) in [
        ("--oidc-issuer", Some("http://id.example"), "does not begin with https://"),
        ("--oidc-issuer", Some("id.example"), "is no address"),
        ("--oidc-issuer", None, "--oidc-issuer"),
        ("--oidc-client-id", None, "--oidc-client-id"),
        ("--oidc-client-id", Some(""), "--oidc-client-id"),
        ("--oidc-redirect-uri", Some("signed-in"), "is no address"),
        ("--oidc-sufficient", Some("mfa"), "`acr=…` or `amr=…`"),
        ("--oidc-client-secret-file", Some("no-such-file"), "no-such-file"),
        ("--oidc-certificates", Some("no-such-file"), "no-such-file"),
    ] {
        let told = with(name, value);
        assert!(told.contains(said), "{name} {value:?}: {told}");
    }
}
