//! `concord serve`.

use std::{
    io::IsTerminal,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::{App as Server, HttpServer, middleware, web::Data};
use clap::Args;
use concord_api::{Metrics, ToldToPeople};
use concord_app::{
    App,
    audit::{Doing, checkpoint::make_daily, sequence::sequence},
    auth::RelyingParty,
    bundles::{self, Defaults},
    email, lock_down, people, retention,
    samples::SAMPLES,
};
use concord_domain::{email::Rounds, vocabulary::Role};
use tracing_subscriber::EnvFilter;

use crate::{
    identity_provider::IdentityProvider,
    public_address::PublicAddress,
    setup::{Place, Standing, write_secret},
    smtp_server::SmtpServer,
};

/// Serve the pages and the API
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    identity_provider: IdentityProvider,
    #[command(flatten)]
    smtp: SmtpServer,
    /// Where to listen
    #[arg(long, env = "CONCORD_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    addresses: PublicAddress,
    /// Where to tell metrics at /metrics, for Prometheus; nowhere unless said. Whoever reaches this
    /// address reads them, so it is not the one that everybody reaches
    #[arg(long, env = "CONCORD_METRICS")]
    metrics: Option<String>,
    /// On an empty database, load the samples and make accounts to try it with
    #[arg(long)]
    demo: bool,
    /// Where the accounts of --demo are written, for their owner alone
    #[arg(long, default_value = "var/accounts.txt", requires = "demo")]
    accounts: PathBuf,
}

/// The samples that a demonstration begins with.
const DEMO_SAMPLES: [&str; 2] = ["exercise", "sudan"];

/// Somebody to try it as: login, name, and what they are in the exercise.
type DemoPerson = (&'static str, &'static str, Option<(Role, Option<&'static str>)>);

/// Whoever can be tried out; without a role, the administrator.
const DEMO_PEOPLE: [DemoPerson; 6] = [
    ("adviser@rtw", "Access adviser, RTW", Some((Role::Member, Some("rtw")))),
    ("focal@harbour", "Focal point, Safe Harbour", Some((Role::FocalPoint, Some("harbour")))),
    ("elder@elders", "Liaison of the elders", Some((Role::Member, Some("elders")))),
    ("desk", "Coordination desk", Some((Role::Desk, None))),
    ("auditor", "Auditor", Some((Role::Auditor, None))),
    ("admin", "Administrator", None),
];

impl Serve {
    /// Serves until it is told to stop.
    pub fn run(self) -> Result<(), String> {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        if std::io::stderr().is_terminal() {
            log.init()
        } else {
            log.json().init()
        }
        let provider = self.identity_provider.open()?;
        let relying_party = self.addresses.relying_party()?;
        let smtp = self.smtp.open(&self.addresses)?;
        let app = self.place.open("serve", Standing::LockedDownOrNot)?;
        let app = App { provider, relying_party, smtp, ..app };
        let is_locked = lock_down::since(&app).map_err(super::told)?.is_some();
        if self.demo && !is_locked {
            self.prepare(&App { doing: Doing::own("demo"), ..app.clone() })?;
        }
        self.place.watch(&app)?;
        keep_audit_log(app.clone());
        keep_to_retention(app.clone());
        tell_by_email(app.clone());
        actix_web::rt::System::new().block_on(self.listen(app))
    }

    async fn listen(&self, app: App) -> Result<(), String> {
        let address = &self.listen;
        // The port is known once it listens.
        let here = Arc::new(OnceLock::new());
        let reached = Arc::clone(&here);
        let metrics = match &self.metrics {
            Some(address) => Some(tell_metrics(&app, address)?),
            None => None,
        };
        let server = HttpServer::new(move || {
            let relying_party = app.relying_party.clone().or_else(|| reached.get().cloned());
            let app = App { relying_party, ..app.clone() };
            let server = Server::new()
                .app_data(Data::new(ToldToPeople(concord_web::locked_down)))
                .wrap(middleware::from_fn(concord_api::trace))
                .wrap(middleware::Compress::default())
                .configure(|config| concord_web::configure(&app, config))
                .configure(|config| concord_api::configure(&app, config));
            match &metrics {
                Some(metrics) => server.app_data(metrics.clone()),
                None => server,
            }
        })
        .bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
        for bound in server.addrs() {
            here.get_or_init(|| Arc::new(RelyingParty::on_this_machine(bound.port())));
            super::print(&format!("Listening on http://{bound} (the API: http://{bound}/docs/)"))?;
        }
        server.run().await.map_err(|error| error.to_string())
    }

    /// Loads the samples and makes accounts, once.
    fn prepare(&self, app: &App) -> Result<(), String> {
        if people::any(app).map_err(super::told)? {
            let accounts = self.accounts.display();
            return super::print(&format!("The accounts to sign in with stand in {accounts}."));
        }
        for sample in SAMPLES.iter().filter(|sample| DEMO_SAMPLES.contains(&sample.name)) {
            let bundle = sample.bundle(app.today()).map_err(super::told)?;
            bundles::import_as_server(app, &bundle, Defaults::default(), false)
                .map_err(super::told)?;
        }
        let mut lines = String::from("login\tpassword\twho\n");
        for (login, name, role) in DEMO_PEOPLE {
            let password = pass_phrase(app);
            people::create_account(app, (login, name), &password, role.is_none())
                .map_err(super::told)?;
            if let Some((role, organization)) = role {
                people::give_role(app, "exercise", login, role, organization)
                    .map_err(super::told)?;
            }
            lines.push_str(&format!("{login}\t{password}\t{name}\n"));
        }
        // One that is there belongs to a database that is not.
        let _ = std::fs::remove_file(&self.accounts);
        write_secret(&self.accounts, lines.as_bytes())?;
        let accounts = self.accounts.display();
        super::print(&format!("These accounts are printed once, and kept in {accounts}:\n{lines}"))
    }
}

/// How often the records of the audit log are put in order, in milliseconds.
const SEQUENCE_EVERY_MS: u64 = 500;

/// After how many times that is, the database files what it has committed.
const CHECKPOINT_EVERY: u64 = 4;

/// Puts the audit log in order, signs it once a day, and has the database file what it has
/// committed and look at what it holds, as long as the server runs.
fn keep_audit_log(app: App) {
    std::thread::spawn(move || {
        let mut signed_on = None;
        for pass in 0_u64.. {
            let mut keep = || {
                sequence(&app)?;
                if signed_on != Some(app.today()) {
                    make_daily(&app)?;
                    signed_on = Some(app.today());
                    app.store.gather_statistics()?;
                }
                if pass.is_multiple_of(CHECKPOINT_EVERY) {
                    app.store.checkpoint()?;
                }
                Ok::<_, concord_app::Error>(())
            };
            if let Err(error) = keep() {
                tracing::error!(%error, "the audit log cannot be put in order");
            }
            std::thread::sleep(Duration::from_millis(SEQUENCE_EVERY_MS));
        }
    });
}

/// How often it is looked whether a day has come, in seconds.
const RETENTION_EVERY_SECONDS: u64 = 60;

/// Retracts once a day what is past what it is kept for, as long as the server runs.
fn keep_to_retention(app: App) {
    std::thread::spawn(move || {
        let mut done_on = None;
        loop {
            let today = app.today();
            if done_on != Some(today) && !app.store.keys().is_locked() {
                match retention::run(&app) {
                    Ok(_) => done_on = Some(today),
                    Err(error) => tracing::error!(%error, "entries are kept for too long"),
                }
            }
            std::thread::sleep(Duration::from_secs(RETENTION_EVERY_SECONDS));
        }
    });
}

/// How often it is looked whether a round is due, in seconds.
const ROUND_EVERY_SECONDS: u64 = 5;

/// Tells people by e-mail each quarter of an hour that something waits, as long as the server runs.
fn tell_by_email(app: App) {
    if app.smtp.is_none() {
        return;
    }
    std::thread::spawn(move || {
        let mut rounds = Rounds::after(app.now());
        loop {
            std::thread::sleep(Duration::from_secs(ROUND_EVERY_SECONDS));
            if !rounds.is_due(app.now()) || app.store.keys().is_locked() {
                continue;
            }
            rounds = match email::round(&app) {
                Ok(_) => rounds.went_well(app.now()),
                Err(error) => {
                    tracing::error!(%error, "people cannot be told by e-mail");
                    rounds.failed(app.now())
                }
            };
        }
    });
}

/// Tells metrics at an address of their own, as long as the server runs.
fn tell_metrics(app: &App, address: &str) -> Result<Data<Metrics>, String> {
    let metrics = Data::new(Metrics::new().map_err(|error| error.to_string())?);
    let (app, told) = (app.clone(), metrics.clone());
    let server = HttpServer::new(move || {
        Server::new().configure(|config| concord_api::configure_metrics(&app, &told, config))
    });
    let server = server.workers(1).disable_signals();
    let server = server
        .bind(address)
        .map_err(|error| format!("cannot tell metrics on {address}: {error}; check --metrics"))?;
    for bound in server.addrs() {
        super::print(&format!("Metrics on http://{bound}/metrics"))?;
    }
    actix_web::rt::spawn(server.run());
    Ok(metrics)
}

/// A password that nobody can guess and somebody can type.
fn pass_phrase(app: &App) -> String {
    // No letter here looks like another.
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<u8> =
        app.ids.secret().iter().take(20).map(|byte| LETTERS[usize::from(byte % 32)]).collect();
    let groups: Vec<String> =
        letters.chunks(5).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join("-")
}
