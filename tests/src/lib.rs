//! The harness: a registry of its own for each test, on either database, with people who make
//! requests over HTTP. Time and ids are the test's.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use actix_web::{App as HttpApp, HttpServer, middleware};
use chrono::{DateTime, TimeDelta, Utc};
use concord_app::{
    App, Clock, Ids,
    audit::{Doing, checkpoint::CheckpointKey},
    auth, bundles,
    oidc::Provider,
    people,
    smtp::Server,
};
use concord_domain::vocabulary::Role;
use concord_store::{
    Store,
    sealing::{ServerKey, ServerKeySource, ServerKeys},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub mod audited;
pub mod authenticator;
pub mod browser;
pub mod contract;
pub mod held;
pub mod mailbox;
pub mod office;
pub mod plain_browser;
pub mod postgres;
pub mod prober;
pub mod provider;
pub mod serving;
pub mod tape;
pub mod template;
pub mod walk;

/// A database that the product runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// SQLite, in a file of its own.
    Sqlite,
    /// PostgreSQL, in a database of its own on a server that the tests start.
    Postgres,
}

/// Runs a test on each database.
pub fn on_each_database(test: impl Fn(&Registry)) {
    for database in [Database::Sqlite, Database::Postgres] {
        test(&Registry::on(database));
    }
}

/// A clock that stands until it is moved.
pub struct TestClock(Mutex<DateTime<Utc>>);

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ids that count up, so that two runs are the same.
#[derive(Default)]
pub struct CountingIds {
    count: AtomicU64,
    is_by_what: AtomicBool,
}

impl CountingIds {
    /// Counts on from there.
    pub fn continue_at(&self, count: u64) {
        self.count.store(count, Ordering::Relaxed);
    }

    /// From now on what is told apart by something has an id that is made of that, and counts for
    /// nothing.
    pub fn name_by_what(&self) {
        self.is_by_what.store(true, Ordering::Relaxed);
    }
}

impl Ids for CountingIds {
    fn id(&self) -> Uuid {
        // Spread over the whole range, as random ids are, and the same on every run.
        let count = u128::from(self.count.fetch_add(1, Ordering::Relaxed) + 1);
        let spread = count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        uuid::Builder::from_random_bytes(spread.to_be_bytes()).into_uuid()
    }

    fn id_of(&self, what: &str) -> Uuid {
        if self.is_by_what.load(Ordering::Relaxed) {
            return Uuid::new_v5(&Uuid::NAMESPACE_OID, what.as_bytes());
        }
        self.id()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [7; 32];
        bytes[..16].copy_from_slice(self.id().as_bytes());
        bytes
    }
}

/// Keys that the test changes.
pub struct TestKeys(Mutex<Arc<auth::KeyRing>>);

impl auth::Keys for TestKeys {
    fn ring(&self) -> Arc<auth::KeyRing> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn checkpoints(&self) -> Arc<CheckpointKey> {
        static KEY: LazyLock<Arc<CheckpointKey>> = LazyLock::new(|| {
            let key = auth::KeyRing::generate().expect("a key");
            Arc::new(CheckpointKey::new(&key).expect("it is a key"))
        });
        Arc::clone(&KEY)
    }
}

/// The server's key in a file, as the binary keeps it.
pub struct KeyInFile(pub PathBuf);

impl ServerKeySource for KeyInFile {
    fn place(&self) -> String {
        self.0.display().to_string()
    }

    fn read(&self) -> Result<Option<ServerKeys>, String> {
        let written = std::fs::read_to_string(&self.0).ok();
        written.map(|written| ServerKeys::parse(&written)).transpose()
    }

    fn make(&self) -> Result<ServerKeys, String> {
        let key = ServerKey::generate().map_err(|error| error.to_string())?;
        std::fs::write(&self.0, &*key).map_err(|error| error.to_string())?;
        ServerKeys::parse(&key)
    }
}

/// A registry of its own, serving on a port of its own.
pub struct Registry {
    /// The application that serves.
    pub app: App,
    /// Which database it is on.
    pub database: Database,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Where its ids come from.
    pub ids: Arc<CountingIds>,
    /// Its keys.
    pub keys: Arc<TestKeys>,
    /// What is noted of what is done, if it is to be done again.
    pub tape: tape::Tape,
    /// The address of the database.
    pub database_url: String,
    /// The file with its signing key.
    pub signing_key: PathBuf,
    /// The file with its server's key.
    pub server_key: PathBuf,
    address: SocketAddr,
    server: actix_web::dev::ServerHandle,
    folder: PathBuf,
}

/// The day on which every test begins: 15 March 2026, at noon.
pub const TODAY: &str = "2026-03-15";

/// The files of the keys.
const SIGNING_KEY: &str = "signing-key.pk8";
const SERVER_KEY: &str = "server-key";

/// A name that no other registry has, and a new folder of that name.
fn place() -> (String, PathBuf) {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("concord_{}_{number}", std::process::id());
    let folder = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    (name, folder)
}

/// What a registry reaches outside.
#[derive(Clone, Default)]
pub struct Outside {
    /// Where people can sign in.
    pub provider: Option<Arc<Provider>>,
    /// Who takes messages to them.
    pub smtp: Option<Arc<Server>>,
}

impl Registry {
    /// A new registry without anybody in it.
    pub fn on(database: Database) -> Self {
        Self::reaching(database, Outside::default())
    }

    /// The same, at whose identity provider people can sign in.
    pub fn signing_in_at(database: Database, provider: Option<Arc<Provider>>) -> Self {
        Self::reaching(database, Outside { provider, smtp: None })
    }

    /// The same, which hands messages to an SMTP server.
    pub fn sending_by(database: Database, smtp: Option<Arc<Server>>) -> Self {
        Self::reaching(database, Outside { provider: None, smtp })
    }

    /// The same with what it reaches outside.
    pub fn reaching(database: Database, outside: Outside) -> Self {
        let (name, folder) = place();
        let database_url = match database {
            Database::Sqlite => folder.join("registry.sqlite").display().to_string(),
            Database::Postgres => {
                postgres::cluster().create(&name, None);
                postgres::cluster().url(&name)
            }
        };
        let noon = format!("{TODAY}T12:00:00Z").parse().expect("a time");
        let key = auth::KeyRing::generate().expect("a key");
        std::fs::write(folder.join(SIGNING_KEY), &key).expect("the key is kept");
        Self::opened(database, (folder, database_url), (noon, outside))
    }

    /// A registry on a database, with the keys that are in a folder.
    fn opened(
        database: Database,
        (folder, database_url): (PathBuf, String),
        (now, Outside { provider, smtp }): (DateTime<Utc>, Outside),
    ) -> Self {
        let clock = Arc::new(TestClock(Mutex::new(now)));
        let ids = Arc::new(CountingIds::default());
        let (signing_key, server_key) = (folder.join(SIGNING_KEY), folder.join(SERVER_KEY));
        let key = std::fs::read(&signing_key).expect("the key was kept");
        let ring = auth::KeyRing::new(&key, &auth::FormerKeys::default()).expect("it is a key");
        let keys = Arc::new(TestKeys(Mutex::new(Arc::new(ring))));
        let store = Store::open(&database_url, 16).expect("the database opens");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let app = App {
            store: store.with_key(KeyInFile(server_key.clone())).expect("it has a key"),
            clock: clock.clone(),
            ids: ids.clone(),
            keys: keys.clone(),
            throttle: Arc::new(auth::Throttle::default()),
            provider,
            relying_party: Some(Arc::new(relying_party(address.port()))),
            smtp,
            doing: Doing::own("serve"),
        };
        let server = serve(app.clone(), listener);
        Self {
            app,
            database,
            clock,
            ids,
            keys,
            tape: tape::Tape::default(),
            database_url,
            signing_key,
            server_key,
            address,
            server,
            folder,
        }
    }

    /// A registry with a bundle in it, whose engagements everybody in the operation reads unless
    /// they say otherwise.
    pub fn with(database: Database, bundle: &Value) -> Self {
        let registry = Self::on(database);
        registry.import(bundle);
        registry
    }

    /// Takes a bundle in as the command line does, with audience `operation` unless it says so.
    pub fn import(&self, bundle: &Value) -> bundles::Imported {
        let audience = Some(concord_domain::vocabulary::Audience::Operation);
        let defaults = bundles::Defaults { audience, ..Default::default() };
        bundles::import_as_server(&self.app, bundle, defaults, false)
            .unwrap_or_else(|error| panic!("{error}: {error:#?}"))
    }

    /// Puts the clock on the noon of a day.
    pub fn set_day(&self, day: &str) {
        let noon = format!("{day}T12:00:00Z").parse().expect("a day");
        *self.clock.0.lock().unwrap_or_else(PoisonError::into_inner) = noon;
    }

    /// Lets days pass.
    pub fn pass_days(&self, days: i64) {
        let mut now = self.clock.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += TimeDelta::days(days);
    }

    /// Lets seconds pass.
    pub fn pass_seconds(&self, seconds: i64) {
        let mut now = self.clock.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += TimeDelta::seconds(seconds);
    }

    /// Lets another key sign, as the command line does.
    pub fn rotate_keys(&self) {
        let key = auth::KeyRing::generate().expect("a key");
        let mut ring = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        let former = ring.former_after_rotation(self.app.now());
        *ring = Arc::new(auth::KeyRing::new(&key, &former).expect("it is a key"));
        std::fs::write(&self.signing_key, &key).expect("the key is kept");
    }

    /// Somebody who is this in the operation, signed in.
    pub fn person(&self, operation: &str, role: Role, organization: Option<&str>) -> Person<'_> {
        let login = format!("person-{}", self.app.ids.id());
        self.account(&login, false);
        self.role(operation, &login, role, organization);
        self.signed_in(&login, operation)
    }

    /// An account.
    pub fn account(&self, login: &str, is_administrator: bool) {
        self.tape.notes(&self.ids, || tape::Step::account(login, is_administrator));
        people::create_account(&self.app, (login, "Somebody"), PASSWORD, is_administrator)
            .expect("an account");
    }

    /// Gives an account a role.
    pub fn role(&self, operation: &str, login: &str, role: Role, organization: Option<&str>) {
        self.tape.notes(&self.ids, || tape::Step::role(operation, login, role, organization));
        people::give_role(&self.app, operation, login, role, organization).expect("a role");
    }

    /// A member of an organisation, signed in.
    pub fn member(&self, operation: &str, organization: &str) -> Person<'_> {
        self.person(operation, Role::Member, Some(organization))
    }

    /// Somebody of the desk, signed in.
    pub fn desk(&self, operation: &str) -> Person<'_> {
        self.person(operation, Role::Desk, None)
    }

    /// Somebody who manages the installation, signed in.
    pub fn administrator(&self) -> Person<'_> {
        let login = format!("admin-{}", self.app.ids.id());
        self.account(&login, true);
        self.signed_in(&login, "")
    }

    /// Somebody with this login, signed in.
    pub fn signed_in(&self, login: &str, operation: &str) -> Person<'_> {
        self.tape.notes(&self.ids, || tape::Step::SignedIn(login.to_owned()));
        let step = auth::sign_in(&self.app, login, PASSWORD).expect("a step");
        let token = step.done().expect("a token");
        Person {
            registry: self,
            login: login.to_owned(),
            token: Some(token.access_token),
            refresh_token: Some(token.refresh_token),
            operation: operation.to_owned(),
        }
    }

    /// Nobody in particular.
    pub fn nobody(&self, operation: &str) -> Person<'_> {
        let operation = operation.to_owned();
        let (login, token, refresh_token) = (String::new(), None, None);
        Person { registry: self, login, token, refresh_token, operation }
    }

    /// Fails unless the flags that are held are those of evaluating everything afresh.
    pub fn verify(&self) {
        for (operation, differing) in concord_app::coherence::verify(&self.app).expect("verified") {
            assert_eq!(differing, [""; 0], "{:?}: {operation}", self.database);
        }
    }

    /// What a command prints that works on this registry, or what it complains of.
    pub fn command(&self, arguments: &[&str]) -> Result<String, String> {
        let output = std::process::Command::new(binary())
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("CONCORD_DATABASE", &self.database_url)
            .env("CONCORD_SIGNING_KEY", &self.signing_key)
            .env("CONCORD_SERVER_KEY_FILE", &self.server_key)
            .output()
            .expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match output.status.code() {
            Some(0) => Ok(text(&output.stdout)),
            Some(2) => Err(text(&output.stderr)),
            other => panic!("{arguments:?}: {other:?}: {}", text(&output.stderr)),
        }
    }

    /// What is answered to a request with a token.
    pub fn exchange(&self, token: Option<&str>, sent: &contract::Request<'_>) -> Answer {
        self.tape.notes(&self.ids, || tape::Step::request(token, sent));
        let url = format!("{}{}", self.url(), sent.path);
        let mut request = ureq::http::Request::builder().method(sent.method).uri(url);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in sent.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(sent.body).expect("a request");
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut response = agent.run(request).expect("an answer");
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec();
        let text = office::text_of(&headers, body.expect("a body"));
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, body }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same as browsers call it that are to show passkeys.
    pub fn public_address(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Stopping is only asked for: the thread of the server ends by itself.
        drop(self.server.stop(false));
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The password of everybody in tests.
pub const PASSWORD: &str = "a long pass phrase";

fn serve(app: App, listener: TcpListener) -> actix_web::dev::ServerHandle {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let told = concord_api::ToldToPeople(concord_web::locked_down);
                HttpApp::new()
                    .app_data(actix_web::web::Data::new(told))
                    .wrap(middleware::from_fn(concord_api::trace))
                    .configure(|config| concord_web::configure(&app, config))
                    .configure(|config| concord_api::configure(&app, config))
            })
            .workers(2)
            .disable_signals()
            .listen(listener)
            .expect("it listens");
            let running = server.run();
            tell.send(running.handle()).expect("somebody waits");
            running.await
        })
    });
    told.recv().expect("the server starts")
}

/// Somebody who makes requests.
pub struct Person<'r> {
    registry: &'r Registry,
    /// What the person signs in with.
    pub login: String,
    /// The token; none for nobody.
    pub token: Option<String>,
    /// The refresh token that came with it.
    pub refresh_token: Option<String>,
    operation: String,
}

/// What somebody was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body as it came; in base64, if it is a file for offices.
    pub text: String,
    /// The body as JSON; null if it is none.
    pub body: Value,
}

impl Answer {
    /// Fails unless the status is this.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The tag of what was answered.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }

    /// The faults of a problem document, each as its pointer and code.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |fault: &Value, member: &str| fault[member].as_str().unwrap_or("").to_owned();
        let faults = self.body["errors"].as_array().into_iter().flatten();
        faults.map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
    }

    /// The flags of an answer, each as its kind and severity, the worst first.
    pub fn flags(&self) -> Vec<String> {
        let list = ["flags", "items"].into_iter().find_map(|name| self.body[name].as_array());
        let text = |flag: &Value, member: &str| flag[member].as_str().unwrap_or("").to_owned();
        let flags = list.into_iter().flatten();
        flags.map(|flag| format!("{} {}", text(flag, "kind"), text(flag, "severity"))).collect()
    }
}

impl Person<'_> {
    /// A request with these headers besides the token. A path that does not begin with `/` is
    /// within the operation. Fails if the answer breaks the contract.
    #[track_caller]
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let path = match path.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None => format!("v1/operations/{}/{path}", self.operation),
        };
        let sent = contract::Request {
            method,
            path: &format!("/{path}"),
            headers,
            body: body.unwrap_or_default(),
        };
        let answer = self.registry.exchange(self.token.as_deref(), &sent);
        let broken = contract::contract().broken_by(&sent, &answer);
        assert!(broken.is_empty(), "{}\n{}", broken.join("\n"), answer.text);
        answer
    }

    fn json(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.request(method, path, &all, Some(body.to_string().as_bytes()))
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], None)
    }

    /// POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, &[], body)
    }

    /// POST of JSON under a key.
    pub fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.json("POST", path, &[("idempotency-key", key)], body)
    }

    /// POST of JSON, of the state with this tag.
    pub fn post_matching(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.json("POST", path, &[("if-match", etag)], body)
    }

    /// PATCH of the state with this tag.
    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.json("PATCH", path, &[("if-match", etag)], body)
    }

    /// PATCH of whatever stands.
    pub fn amend(&self, path: &str, body: &Value) -> Answer {
        self.patch(path, "*", body)
    }

    /// PUT of the state with this tag.
    pub fn put(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.json("PUT", path, &[("if-match", etag)], body)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path, &[], None)
    }
}

/// A bundle with three organisations, a community, a group with two units, and three places,
/// to which a test adds what it is about.
pub fn small_world() -> Value {
    json!({
        "format": "concord.bundle/1",
        "operation": {"key": "demo", "name": "Demonstration", "country": "SSD"},
        "places": [
            {"key": "unity", "name": "Unity", "level": 1},
            {"key": "leer", "name": "Leer", "level": 2, "parent": "unity"},
            {"key": "koch", "name": "Koch", "level": 2, "parent": "unity"},
        ],
        "mechanisms": [{"key": "awg", "name": "Access Working Group", "kind": "access_working_group"}],
        "organizations": [
            {"key": "a", "name": "Organisation A", "kind": "ingo", "mechanisms": ["awg"]},
            {"key": "b", "name": "Organisation B", "kind": "ingo", "mechanisms": ["awg"]},
            {"key": "c", "name": "Organisation C", "kind": "un_agency"},
            {"key": "elders", "name": "Elders of Leer", "kind": "community"},
        ],
        "armed_actors": [
            {"key": "group", "name": "The Group", "kind": "non_state_armed_group"},
            {"key": "north", "name": "The Group, north", "kind": "non_state_armed_group", "parent": "group"},
            {"key": "south", "name": "The Group, south", "kind": "non_state_armed_group", "parent": "group"},
        ],
    })
}

/// The body that logs a line at tactical level from 1 March 2026 on, for all to read.
pub fn line(organization: &str, armed_actor: &str, asks: &Value) -> Value {
    json!({
        "organization": organization, "armed_actor": armed_actor, "level": "tactical",
        "method": "negotiation", "status": "ongoing", "from": "2026-03-01",
        "audience": "operation", "asks": asks,
    })
}

/// Another address at which every registry takes passkeys, the same for all of them.
pub const SHARED_ADDRESS: &str = "http://registry.localhost";

/// What passkeys belong to in a registry at this port.
fn relying_party(port: u16) -> auth::RelyingParty {
    let addresses = [format!("http://localhost:{port}"), SHARED_ADDRESS.to_owned()];
    auth::RelyingParty::at(&addresses).expect("they are addresses")
}

/// The binary, beside the test binaries; it is built if it is not there.
pub fn binary() -> PathBuf {
    static BUILT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let build = || {
        let test = std::env::current_exe().expect("a test runs");
        let folder = test.ancestors().nth(2).expect("the folder of the profile");
        let mut cargo = std::process::Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "concord"]).current_dir(file(".."));
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        // It is fresh in an instant if nothing changed since.
        assert!(cargo.status().expect("cargo runs").success(), "the binary is built");
        folder.join("concord")
    };
    BUILT.get_or_init(build).clone()
}

/// A file of the tests.
pub fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The JSON files of a folder of the tests, by name.
pub fn json_files(folder: &str) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(file(folder)).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("the file can be read");
            (name, serde_json::from_str(&text).expect("the file is JSON"))
        })
        .collect()
}

/// Fails unless a file of the repository holds this text; writes it if it is to be accepted.
#[track_caller]
pub fn is_golden(path: &str, text: &str) {
    let path: PathBuf = file("..").join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, text).expect("the file is written");
        return;
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = there.lines().zip(text.lines()).position(|(there, now)| there != now);
    let at = differs.unwrap_or_else(|| there.lines().count().min(text.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("nothing").to_owned();
    assert!(
        there == text,
        "{} is no longer what the code says: line {} is\n  {}\nand would be\n  {}\n\
         If that is meant, run `make accept` and review what changes.",
        path.display(),
        at + 1,
        line(&there),
        line(text),
    );
}
