//! An identity provider that the tests play: it says whatever a test wants it to say, which no real
//! one does. Whoever signs in there needs no password.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use actix_web::{App as Server, HttpResponse, HttpServer, web};
use aws_lc_rs::digest;
use concord_app::{
    auth::KeyRing,
    oidc::{Provider, Settings, Sufficient},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// What this installation is to it.
pub const CLIENT_ID: &str = "concord";
/// And by what it is known.
pub const CLIENT_SECRET: &str = "a client's secret: +/&";
/// Where it sends people back to.
pub const REDIRECT_URI: &str = "https://concord.example/sign-in/elsewhere";

/// A provider that is played.
#[derive(Clone)]
pub struct Played {
    /// What it is called.
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

struct State {
    metadata: Value,
    keys: Value,
    /// By the code: the challenge, and the token or what is answered in its place.
    codes: HashMap<String, (String, Result<String, u16>)>,
    made: usize,
    /// Whether a code is good again and again.
    keeps_codes: bool,
    /// Whether it answers at all.
    is_down: bool,
}

/// A key that signs tokens.
pub struct Key {
    encoding: EncodingKey,
    /// Its public half.
    pub jwk: Jwk,
}

impl Key {
    /// A new one, of this name.
    pub fn new(name: &str) -> Self {
        let pkcs8 = KeyRing::generate().expect("a key");
        let encoding = EncodingKey::from_ed_der(&pkcs8);
        let mut jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).expect("its public half");
        jwk.common.key_id = Some(name.to_owned());
        Self { encoding, jwk }
    }

    /// A token that says this.
    pub fn signed(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid.clone_from(&self.jwk.common.key_id);
        jsonwebtoken::encode(&header, claims, &self.encoding).expect("a token")
    }
}

/// The key of the provider that is played.
pub fn own_key() -> &'static Key {
    static KEY: LazyLock<Key> = LazyLock::new(|| Key::new("own"));
    &KEY
}

/// What somebody is sent to a provider with.
pub struct SentThere {
    /// What comes back.
    pub state: String,
    /// What the token has to hold.
    pub nonce: String,
    /// The S256 of the verifier.
    pub challenge: String,
}

/// Reads where somebody is sent.
pub fn sent_there(url: &str) -> SentThere {
    let url = Url::parse(url).expect("an address");
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(query[name], value, "{url}");
    }
    let text = |name: &str| query[name].clone();
    SentThere { state: text("state"), nonce: text("nonce"), challenge: text("code_challenge") }
}

impl Default for Played {
    fn default() -> Self {
        Self::new()
    }
}

impl Played {
    /// One of its own, on a free port.
    pub fn new() -> Self {
        let state = Arc::new(Mutex::new(State {
            metadata: Value::Null,
            keys: json!({"keys": [own_key().jwk]}),
            codes: HashMap::new(),
            keeps_codes: false,
            made: 0,
            is_down: false,
        }));
        let issuer = serve(Arc::clone(&state));
        let played = Self { issuer, state };
        played.publish(&json!({}));
        played
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes what a provider does, with these members in the place of its own.
    pub fn publish(&self, members: &Value) {
        let issuer = &self.issuer;
        let mut metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize?tenant=a%20b"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": true,
        });
        for (name, value) in members.as_object().into_iter().flatten() {
            metadata[name] = value.clone();
        }
        self.state().metadata = metadata;
    }

    /// Publishes these keys from now on.
    pub fn publish_keys(&self, keys: &Value) {
        self.state().keys = json!({ "keys": keys });
    }

    /// Answers nothing but 500 from now on, or as it should again.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// What this installation knows of it.
    pub fn settings(&self) -> Settings {
        Settings {
            issuer: self.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(CLIENT_SECRET.to_owned().into()),
            redirect_uri: REDIRECT_URI.to_owned(),
            sufficient: Sufficient { acr: vec!["urn:two".to_owned()], amr: vec!["mfa".to_owned()] },
            certificates: None,
        }
    }

    /// The same, to be asked.
    pub fn provider(&self) -> Option<Arc<Provider>> {
        Some(Arc::new(Provider::new(self.settings()).expect("a provider")))
    }

    /// What a right token says of somebody who was sent there.
    pub fn claims(&self, sent: &SentThere, subject: &str, now: i64) -> Value {
        json!({
            "iss": self.issuer, "sub": subject, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "auth_time": now, "nonce": sent.nonce,
        })
    }

    /// Lets each code be good again and again, for what is done in several registries in the same way.
    pub fn keep_codes(&self) {
        self.state().keeps_codes = true;
    }

    /// The code with which somebody comes back, for which this token is given, or this status.
    pub fn code_for(&self, sent: &SentThere, answer: Result<String, u16>) -> String {
        let mut state = self.state();
        state.made += 1;
        let code = format!("code-{}", state.made);
        state.codes.insert(code.clone(), (sent.challenge.clone(), answer));
        code
    }

    /// The code with which somebody comes back who is this there.
    pub fn code(&self, sent: &SentThere, subject: &str, now: i64) -> String {
        let token = own_key().signed(&self.claims(sent, subject, now));
        self.code_for(sent, Ok(token))
    }
}

fn serve(state: Arc<Mutex<State>>) -> String {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let state = web::Data::from(state);
            let server = HttpServer::new(move || {
                Server::new()
                    .app_data(state.clone())
                    .route("/.well-known/openid-configuration", web::get().to(metadata))
                    .route("/keys", web::get().to(keys))
                    .route("/token", web::post().to(token))
            });
            let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
            tell.send(format!("http://{}", server.addrs()[0])).expect("somebody waits");
            server.run().await
        })
    });
    told.recv().expect("the provider starts")
}

type Shared = web::Data<Mutex<State>>;

async fn metadata(state: Shared) -> HttpResponse {
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    if state.is_down {
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::Ok().json(&state.metadata)
}

async fn keys(state: Shared) -> HttpResponse {
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    HttpResponse::Ok().json(&state.keys)
}

/// As a real one does: a code is good once, for who knows the secret and the verifier.
async fn token(state: Shared, request: actix_web::HttpRequest, body: String) -> HttpResponse {
    use base64::{Engine, prelude::*};
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let known = format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET));
    let expected = format!("Basic {}", BASE64_STANDARD.encode(known));
    let sent = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    if sent != Some(&expected) {
        return HttpResponse::Unauthorized().json(json!({"error": "invalid_client"}));
    }
    let form: HashMap<String, String> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let refused = || HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    let known = state.codes.get(&form["code"]).cloned();
    if !state.keeps_codes {
        state.codes.remove(&form["code"]);
    }
    let Some((challenge, answer)) = known else { return refused() };
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
    if BASE64_URL_SAFE_NO_PAD.encode(hash) != challenge
        || form["redirect_uri"] != REDIRECT_URI
        || form["grant_type"] != "authorization_code"
    {
        return refused();
    }
    match answer {
        Ok(token) => HttpResponse::Ok().json(json!({
            "id_token": token, "access_token": "for nothing here", "token_type": "Bearer",
        })),
        Err(status) => {
            let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
            HttpResponse::build(status).json(json!({"error": "server_error"}))
        }
    }
}
