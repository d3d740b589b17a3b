//! How it is run: by somebody who may do little, on a database that it does not own. A hole in one of
//! them must not open the other, nor the machine.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
};

use concord_tests::{binary, file, postgres::cluster, serving::Demonstration};
use serde_json::json;

/// Whoever owns nothing, on every Debian machine.
const NOBODY: u32 = 65_534;
/// How much of the machine the unit may leave open, in tenths, of which an unhardened one has 96.
const EXPOSURE_MAX: &str = "15";

fn unit() -> PathBuf {
    file("../docs/concord.service")
}

/// The value of a setting of the unit.
fn setting(name: &str) -> String {
    let unit = fs::read_to_string(unit()).expect("the unit");
    let found = unit.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("the unit sets no {name}")).to_owned()
}

/// Does what people do: somebody signs in, logs a line and reads what it meets.
#[track_caller]
fn works(server: &Demonstration) {
    let token = server.token("adviser@rtw");
    let operation = "/v1/operations/exercise";
    let line = json!({"organization": "rtw", "armed_actor": "ufv-sefa", "level": "tactical",
        "method": "negotiation", "status": "ongoing", "from": "2026-11-20",
        "places": ["XT030102"], "asks": [{"issue": "access.movement.checkpoints",
        "action": "remove_checkpoint"}]});
    let logged = server.post(&format!("{operation}/engagements"), &token, &line);
    assert!(logged["flags"].is_array(), "{logged}");
    let flags = server.get(&format!("{operation}/flags"), &token);
    assert!(flags["items"].as_array().is_some_and(|items| !items.is_empty()), "{flags}");
}

#[test]
fn the_unit_leaves_little_of_the_machine_open() {
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE_MAX])
        .arg(unit())
        .output()
        .expect("systemd-analyze runs: run tests/setup first");
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(judged.status.success(), "{said}{}", String::from_utf8_lossy(&judged.stderr));
    assert!(said.contains("Overall exposure level"), "{said}");
}

/// What the unit starts, as systemd would: as somebody who owns the one folder and nothing else, who
/// can become nobody else.
#[test]
fn it_serves_as_nobody_who_owns_nothing_but_its_folder() {
    assert_eq!(setting("DynamicUser"), "yes");
    assert_eq!(setting("NoNewPrivileges"), "yes");
    assert_eq!(setting("CapabilityBoundingSet"), "");
    let started = setting("ExecStart");
    assert_eq!(
        Path::new(started.split(' ').next().unwrap_or_default()).file_name(),
        binary().file_name()
    );
    assert_eq!(started.split(' ').nth(1), Some("serve"));

    let name = "nobody";
    let folder = Demonstration::folder(name);
    fs::create_dir_all(&folder).expect("a folder");
    // Nobody may come to where it was built.
    let program = folder.join("concord");
    fs::copy(binary(), &program).expect("a copy");
    let mut command = Command::new("setpriv");
    command.args(["--no-new-privs"]);
    let is_root = fs::metadata("/proc/self").expect("it is there").uid() == 0;
    if is_root {
        chown(&folder, Some(NOBODY), Some(NOBODY)).expect("it is nobody's");
        let id = NOBODY.to_string();
        command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--bounding-set", "-all"]);
    }
    command.arg("--").arg(&program).env_clear();
    let server = Demonstration::run(command, name, &[]);
    works(&server);
    for kept in ["var/concord.sqlite", "var/server-key", "var/signing-key.pk8", "var/accounts.txt"]
    {
        let kept = fs::metadata(folder.join(kept)).expect("it is kept");
        assert_eq!(kept.permissions().mode() & 0o077, 0, "others read what it keeps");
        assert!(!is_root || kept.uid() == NOBODY);
    }
}

/// A release as it is packed and signed, and asked about as the README says.
#[test]
fn a_release_that_was_changed_is_found_out() {
    let folder = Demonstration::folder("release");
    fs::create_dir_all(&folder).expect("a folder");
    let run = |program: &str, args: &[&str], into: &str| {
        let mut command = Command::new(program);
        // As by hand, whoever runs this test.
        for inherited in ["MAKEFLAGS", "MFLAGS", "MAKELEVEL"] {
            command.env_remove(inherited);
        }
        let output = command.args(args).current_dir(into).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    };
    let here = folder.display().to_string();
    let done = |(is_done, said): (bool, String)| {
        assert!(is_done, "{said}");
        said
    };
    done(run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "key"], &here));
    let root = file("..").display().to_string();
    let (program, key) = (format!("concord={}", binary().display()), format!("KEY={here}/key"));
    let package = format!("package={here}/package");
    let packed = ["--no-print-directory", "signed", &program, &package, &key];
    let archive = done(run("make", &packed, &root));
    let told = archive.lines().find(|line| line.ends_with(".tar.gz")).unwrap_or_default();
    let archive = told.rsplit('/').next().unwrap_or_default().to_owned();

    let into = format!("{here}/package");
    let public = fs::read_to_string(folder.join("key.pub")).expect("the public half");
    let known = format!("maintainer namespaces=\"concord-release\" {public}");
    fs::write(folder.join("package/maintainers"), known).expect("it is kept");
    let readme = fs::read_to_string(file("../README.md")).expect("it is there");
    let asked: Vec<&str> = ["ssh-keygen -Y verify", "sha256sum --check"]
        .iter()
        .filter_map(|begun| readme.lines().find(|line| line.starts_with(begun)))
        .collect();
    let asked = asked.join(" && ");
    done(run("sh", &["-c", &asked], &into));

    let listed = done(run("tar", &["-tzf", &archive], &into));
    for part in ["concord/concord", "concord/concord.service", "concord/Cargo.lock"] {
        assert!(listed.lines().any(|line| line == part), "{listed}");
    }
    let made_of = done(run("tar", &["-xzOf", &archive, "concord/made-of.txt"], &into));
    assert!(made_of.lines().any(|line| line.starts_with("actix-web v")), "{made_of}");
    assert!(!made_of.contains(&root) && !made_of.contains("/crates/"), "{made_of}");

    let sums = folder.join("package/SHA256SUMS");
    let (good, sum) = (fs::read(folder.join("package").join(&archive)), fs::read(&sums));
    let (mut changed, sum) = (good.expect("the archive"), sum.expect("its hash"));
    changed[1_000] ^= 1;
    fs::write(folder.join("package").join(&archive), &changed).expect("it is changed");
    assert!(!run("sh", &["-c", &asked], &into).0, "a changed archive passes");
    // Nor if the hash is made to fit.
    let (_, fitting) = run("sha256sum", &[&archive], &into);
    assert_ne!(fitting.as_bytes(), sum);
    fs::write(&sums, fitting).expect("it is changed");
    assert!(!run("sh", &["-c", &asked], &into).0, "a changed hash passes");
    fs::remove_dir_all(&folder).expect("it is no longer needed");
}

/// What README says that the owner of the tables does.
fn grants() -> String {
    let readme = fs::read_to_string(file("../README.md")).expect("it is there");
    let (_, rest) = readme.split_once("```sql\n").expect("some SQL");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn on_postgresql_it_serves_as_a_role_that_cannot_touch_what_protects_the_audit_log() {
    let (cluster, database) = (cluster(), "deployment");
    cluster.create(database, None);
    let name = "role";
    let folder = Demonstration::folder(name);
    fs::create_dir_all(&folder).expect("a folder");
    let migrated = Command::new(binary())
        .args(["migrate", "--database", &cluster.url(database)])
        .current_dir(&folder)
        .output()
        .expect("it runs");
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    cluster.query(database, &grants());

    let owner = cluster.url(database);
    let (_, place) = owner.split_once('@').expect("a name");
    let server = format!("postgres://concord_server@{place}");
    let served = Demonstration::with(name, &["--database", &server]);
    works(&served);
    drop(served);

    let refused = |sql: &str| {
        let mut psql = cluster.psql(database);
        let output = psql.args(["-c", "SET ROLE concord_server", "-c", sql]).output();
        let output = output.expect("psql runs");
        assert!(!output.status.success(), "{sql} is done");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for sql in [
        "ALTER TABLE audit_records DISABLE TRIGGER ALL",
        "DROP TABLE audit_records",
        "TRUNCATE audit_records",
        "CREATE TABLE more (id INTEGER)",
        "CREATE ROLE another SUPERUSER",
        "SET session_replication_role = replica",
    ] {
        let said = refused(sql);
        assert!(said.contains("permission denied") || said.contains("must be "), "{sql}: {said}");
    }
    for sql in ["DELETE FROM audit_records", "UPDATE audit_records SET action = 'other'"] {
        assert!(!refused(sql).contains("permission denied"), "what the triggers refuse");
    }
    let records = cluster.query(database, "SELECT count(*) FROM audit_records");
    assert_ne!(records.trim(), "0");
}
