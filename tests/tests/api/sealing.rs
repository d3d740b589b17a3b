//! Free texts at rest: what stands in the database and what does not, whose key opens what, and how
//! keys are changed while entries exist.

use std::collections::BTreeSet;

use concord_app::{App, coherence};
use concord_store::{
    Area, Store, StoreError, Tx,
    disclosed::{IN_CLEAR, TEXTS},
};
use concord_tests::{Database, Person, Registry, file, on_each_database, small_world};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    sql_types::{BigInt, Text},
};
use serde_json::{Value, json};

use super::{asks, id_of, is_problem, logged, own_line, with};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// What a query answers, whose one column is called `line`; it is the same for both databases.
pub fn lines(registry: &Registry, sql: &str) -> Vec<String> {
    let read = registry.app.store.read(|tx| {
        let found: Result<Vec<Line>, _> = match tx {
            Tx::Sqlite(connection) => diesel::sql_query(sql).load(connection),
            Tx::Postgres(connection) => diesel::sql_query(sql).load(connection),
        };
        found.map_err(StoreError::from)
    });
    read.expect(sql).into_iter().map(|line| line.line).collect()
}

/// Does something to the database behind the registry's back.
#[expect(clippy::disallowed_methods, reason = "it plays somebody with the database")]
pub fn tamper(registry: &Registry, sql: &str) {
    let done = registry.app.store.write(Area::Installation, |tx| {
        match tx {
            Tx::Sqlite(connection) => diesel::sql_query(sql).execute(connection),
            Tx::Postgres(connection) => diesel::sql_query(sql).execute(connection),
        }
        .map_err(StoreError::from)
    });
    let changes_no_row = sql.starts_with("CREATE") || sql == "ANALYZE";
    assert!(done.expect(sql) > 0 || changes_no_row, "{sql} does nothing");
}

/// Every column of the database, as its table or view and its name.
pub(super) fn columns(registry: &Registry) -> BTreeSet<(String, String)> {
    let sql = match registry.database {
        Database::Sqlite => {
            "SELECT t.name || ' ' || c.name AS line FROM sqlite_master t, pragma_table_info(t.name) c
             WHERE t.type = 'table'"
        }
        Database::Postgres => {
            "SELECT table_name || ' ' || column_name AS line FROM information_schema.columns
             WHERE table_schema = 'public'"
        }
    };
    let split = |line: String| {
        let (table, column) = line.split_once(' ').expect("a table and a column");
        (table.to_owned(), column.to_owned())
    };
    lines(registry, sql).into_iter().map(split).collect()
}

/// All values of a column, as hexadecimal digits of their bytes.
pub(super) fn bytes(registry: &Registry, (table, column): &(String, String)) -> String {
    let written = match (registry.database, column.as_str()) {
        (Database::Sqlite, _) => format!("hex(CAST({column} AS BLOB))"),
        (Database::Postgres, "texts" | "wrapped" | "name") => format!("encode({column}, 'hex')"),
        (Database::Postgres, _) => format!("encode(convert_to({column}::text, 'UTF8'), 'hex')"),
    };
    let sql = format!("SELECT {written} AS line FROM {table} WHERE {column} IS NOT NULL");
    lines(registry, &sql).join(" ").to_lowercase()
}

pub(super) fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a word stands anywhere in the files of an SQLite database, its log included.
pub(super) fn is_in_files(registry: &Registry, word: impl AsRef<[u8]>) -> bool {
    let word = word.as_ref();
    ["", "-wal", "-shm"].iter().any(|suffix| {
        let bytes = std::fs::read(format!("{}{suffix}", registry.database_url)).unwrap_or_default();
        bytes.windows(word.len()).any(|window| window == word)
    })
}

/// A word of its own for each free text, and all of them.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn next(&mut self) -> String {
        self.0.push(format!("quiet{:03}heron", self.0.len()));
        self.0[self.0.len() - 1].clone()
    }

    /// An object with a word for each of these members.
    fn of(&mut self, members: &[&str]) -> Value {
        members.iter().map(|member| ((*member).to_owned(), json!(self.next()))).collect()
    }
}

/// The free texts of each kind of thing: those of the format have to be here, each.
const FREE_TEXTS: [(&str, &[&str]); 12] = [
    ("Engagement", &["summary", "purpose", "outcome", "lessons"]),
    (
        "Plan",
        &[
            "outcome_sought",
            "what_moves_them",
            "reaching_decision_makers",
            "best_placed",
            "benefits",
            "risks",
            "mitigations",
        ],
    ),
    ("Ask", &["note"]),
    ("AskStep", &["note"]),
    ("Demand", &["note"]),
    ("DemandStep", &["note"]),
    ("Contact", &["note"]),
    ("Commitment", &["note"]),
    ("Arrangements", &["responsible", "procedure", "location", "timing", "verification"]),
    ("Verification", &["note"]),
    ("Strategy", &["outcome_sought", "note"]),
    ("ProtectionRisk", &["description"]),
];
const OF_ARMED_ACTORS: &[&str] = &["influences", "decisions"];

fn free_texts(of: &str) -> &'static [&'static str] {
    FREE_TEXTS.iter().find(|(name, _)| *name == of).expect("it has some").1
}

/// The free texts that the published format has.
fn free_texts_of_format() -> BTreeSet<(String, String)> {
    let text = std::fs::read_to_string(file("../openapi/bundle.schema.json")).expect("the format");
    let format: Value = serde_json::from_str(&text).expect("JSON");
    let kinds = format["$defs"].as_object().expect("kinds").iter();
    kinds
        .flat_map(|(kind, schema)| {
            let members = schema["properties"].as_object().into_iter().flatten();
            let free =
                members.filter(|(_, schema)| schema.to_string().contains(r#""maxLength":10000"#));
            free.map(|(member, _)| (kind.clone(), member.clone())).collect::<Vec<_>>()
        })
        .collect()
}

fn engagement(words: &mut Words, key: &str, audience: &str) -> Value {
    let mut ask = json!({"key": format!("{key}-ask"), "issue": "access.movement.routes",
        "action": "open_route", "status": "granted"});
    let mut step = json!({"on": "2026-03-02", "status": "granted"});
    let mut demand = json!({"key": format!("{key}-demand"), "kind": "fee", "response": "declined"});
    let mut answer = json!({"on": "2026-03-02", "response": "declined"});
    let mut contact = json!({"on": "2026-03-03"});
    step = with(&step, &words.of(free_texts("AskStep")));
    answer = with(&answer, &words.of(free_texts("DemandStep")));
    contact = with(&contact, &words.of(free_texts("Contact")));
    ask["history"] = json!([step]);
    demand["history"] = json!([answer]);
    ask = with(&ask, &words.of(free_texts("Ask")));
    demand = with(&demand, &words.of(free_texts("Demand")));
    let engagement = json!({
        "key": key, "organization": "a", "armed_actor": "north", "level": "tactical",
        "method": "negotiation", "status": "ongoing", "from": "2026-03-01", "audience": audience,
        "asks": [ask], "demands": [demand], "contacts": [contact],
        "plan": words.of(free_texts("Plan")),
    });
    with(&engagement, &words.of(free_texts("Engagement")))
}

fn commitment(words: &mut Words, key: &str, members: &Value) -> Value {
    let verification = json!({"on": "2026-03-04", "finding": "kept", "organization": "b"});
    let commitment = json!({
        "key": key, "armed_actor": "north", "kind": "verbal_assurance",
        "issue": "access.movement.routes", "action": "open_route", "from": "2026-03-02",
        "arrangements": words.of(free_texts("Arrangements")),
        "verifications": [with(&verification, &words.of(free_texts("Verification")))],
    });
    with(&with(&commitment, &words.of(free_texts("Commitment"))), members)
}

/// A bundle with a word in every free text of every kind of thing.
fn full_of_words(words: &mut Words) -> Value {
    let mut bundle = small_world();
    bundle["engagements"] =
        json!([engagement(words, "own-line", "own"), engagement(words, "open-line", "operation")]);
    bundle["commitments"] = json!([
        commitment(words, "from-line", &json!({"engagement": "own-line"})),
        commitment(words, "of-b", &json!({"organization": "b", "audience": "own"})),
        commitment(words, "of-nobody", &json!({"audience": "operation"})),
    ]);
    let strategy = json!({"key": "plan", "organization": "a", "title": "A plan"});
    bundle["strategies"] = json!([with(&strategy, &words.of(free_texts("Strategy")))]);
    let risk =
        json!({"key": "risk", "title": "A risk", "issue": "protection.children.recruitment"});
    bundle["protection_risks"] = json!([with(&risk, &words.of(free_texts("ProtectionRisk")))]);
    bundle["armed_actors"][0] = with(&bundle["armed_actors"][0], &words.of(OF_ARMED_ACTORS));
    bundle
}

/// What only people do: a note on a flag, a reason for sharing, a check, asking to be put in touch.
fn worked_on(registry: &Registry, words: &mut Words) {
    let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
    logged(&a, &super::line("a", "north", &asks(&["open_route"])));
    logged(&b, &super::line("b", "north", &asks(&["close_route"])));
    // One that everybody reads, and so both of them.
    let flags = registry.member("demo", "c").get("flags?state=open").expect(200).body;
    let flag = id_of(&flags["items"][0]);
    let step = json!({"state": "coordinating", "note": words.next()});
    a.post(&format!("flags/{flag}/steps"), &step).expect(200);
    let read = b.get(&format!("flags/{flag}")).expect(200).text;
    assert!(read.contains(&words.0[words.0.len() - 1]), "{read}");
    let id = logged(&a, &own_line("a", "south", &asks(&["open_route"])));
    let sharing = json!({"audience": "operation", "disclosure": "match", "reason": words.next()});
    a.post_matching(&format!("engagements/{id}/loosening"), "*", &sharing).expect(200);
    let mut ask = asks(&["open_route"]);
    ask[0] = with(&ask[0], &words.of(free_texts("Ask")));
    let question = json!({"organization": "a", "armed_actor": "south", "level": "tactical",
        "method": "negotiation", "from": "2026-03-16", "until": "2026-03-30", "places": ["leer"],
        "asks": ask, "purpose": words.next()});
    a.post("checks", &question).expect(200);
    let read = a.get("checks").expect(200).text;
    assert!(words.0[words.0.len() - 2..].iter().all(|word| read.contains(word)), "{read}");
    // Who is to join the desk.
    let change = json!({"change": "add", "login": words.next(), "name": words.next()});
    registry.desk("demo").post("desk/changes", &change).expect(201);
    // Being put in touch.
    let wish = json!({"flag": flag, "reason": words.next(), "contact": words.next()});
    let asked = id_of(&a.post("contact-requests", &wish).expect(201).body);
    let received = id_of(&b.get("received-contact-requests").expect(200).body["items"][0]);
    let yes = json!({"answer": "yes", "reason": words.next(), "contact": words.next()});
    b.post(&format!("received-contact-requests/{received}/answer"), &yes).expect(200);
    let read = a.get(&format!("contact-requests/{asked}")).expect(200).text;
    assert!(read.contains(&words.0[words.0.len() - 1]), "{read}");
}

#[test]
fn no_free_text_stands_in_the_database_and_what_else_does_is_what_disclose_says() {
    let named: BTreeSet<(String, String)> = FREE_TEXTS
        .iter()
        .chain(&[("ArmedActor", OF_ARMED_ACTORS)])
        .flat_map(|(kind, members)| members.iter().map(|m| ((*kind).to_owned(), (*m).to_owned())))
        .collect();
    assert_eq!(named, free_texts_of_format());
    on_each_database(|registry: &Registry| {
        let mut words = Words::default();
        let bundle = full_of_words(&mut words);
        registry.import(&bundle);
        let in_bundle = words.0.len();
        worked_on(registry, &mut words);
        let exported = registry.export("demo").to_string();
        for word in &words.0[..in_bundle] {
            assert!(exported.contains(word), "{word} is lost");
        }
        let columns = columns(registry);
        for column in &columns {
            let bytes = bytes(registry, column);
            let clear: Vec<&String> = words.0.iter().filter(|w| bytes.contains(&hex(w))).collect();
            assert!(clear.is_empty(), "{:?}: {column:?} tells {clear:?}", registry.database);
        }
        if registry.database == Database::Sqlite {
            assert!(is_in_files(registry, "open-line"), "what is in the clear is found so");
            let told: Vec<&String> = words.0.iter().filter(|w| is_in_files(registry, w)).collect();
            assert!(told.is_empty(), "{told:?}");
        }
        let pair = |table: &str, column: &str| (table.to_owned(), column.to_owned());
        let said: BTreeSet<(String, String)> = IN_CLEAR
            .iter()
            .flat_map(|each| each.columns.iter().map(|column| pair(each.table, column)))
            .chain(TEXTS.iter().map(|(table, _)| pair(table, "texts")))
            .collect();
        // How many rows there are, which SQLite notes, can be counted.
        let differ = columns.symmetric_difference(&said);
        let differ: Vec<_> = differ.filter(|(table, _)| !table.starts_with("sqlite_")).collect();
        assert_eq!(differ, Vec::<&_>::new());
        disclosed(registry);
        // What rules read is not sealed: flags are found without any key.
        let store = Store::open(&registry.database_url, 1).expect("it opens");
        let verified = coherence::verify(&App { store, ..registry.app.clone() });
        assert_eq!(verified.expect("no key is needed"), [("demo".to_owned(), Vec::new())]);
    });
}

fn disclosed(registry: &Registry) {
    // Whoever has the database alone can find this out, and so does the command.
    let told = registry.command(&["disclose", "--json"]).expect("it is told");
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let counts: Vec<(String, i64)> = told["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|each| {
            let audience = each["audience"].as_str().unwrap_or_default().to_owned();
            assert_eq!(each["disclosure"], "match");
            (audience, each["entries"].as_i64().unwrap_or_default())
        })
        .collect();
    let counts: Vec<(&str, i64)> = counts.iter().map(|(a, count)| (a.as_str(), *count)).collect();
    assert_eq!(counts, [("operation", 5), ("own", 2)]);
    assert_eq!(told["oldest_entry"], "2026-03-01");
    for table in told["free_texts"].as_array().expect("free texts") {
        assert_eq!(table["in_the_clear"], 0, "{table}");
    }
    let in_words = registry.command(&["disclose"]).expect("it is told");
    for words in ["with which armed actor", "logins and names", "began on 2026-03-01", "All "] {
        assert!(in_words.contains(words), "{words}: {in_words}");
    }
}

/// Two engagements of one organisation and one of another, each with a summary of its own.
fn three_summaries(registry: &Registry) -> [String; 3] {
    registry.import(&small_world());
    [("a", "one"), ("a", "two"), ("b", "three")].map(|(organization, key)| {
        let person = registry.member("demo", organization);
        let members = json!({"key": key, "summary": format!("summary {key}")});
        logged(&person, &with(&own_line(organization, "north", &asks(&["open_route"])), &members))
    })
}

#[track_caller]
fn reads(person: &Person<'_>, id: &str, summary: &str) {
    let read = person.get(&format!("engagements/{id}")).expect(200);
    assert_eq!(read.body["summary"], summary);
}

#[test]
fn a_text_that_was_moved_or_changed_is_refused() {
    on_each_database(|registry: &Registry| {
        let [one, ..] = three_summaries(registry);
        let a = registry.member("demo", "a");
        reads(&a, &one, "summary one");
        let from = |key: &str| {
            format!("(SELECT texts FROM (SELECT * FROM engagements) e WHERE e.key = '{key}')")
        };
        let set = |what: &str| format!("UPDATE engagements SET texts = {what} WHERE key = 'one'");
        tamper(registry, "CREATE TABLE kept AS SELECT key, texts FROM engagements");
        let last_byte = match registry.database {
            Database::Sqlite => "CAST(substr(texts, 1, length(texts) - 1) || X'00' AS BLOB)",
            Database::Postgres => {
                "set_byte(texts, length(texts) - 1, 255 - get_byte(texts, length(texts) - 1))"
            }
        };
        let form = match registry.database {
            Database::Sqlite => "X'07'",
            Database::Postgres => "'\\x07'::bytea",
        };
        for (what, said) in [
            (from("two"), "moved here"),
            (from("three"), "not their organisation's"),
            (last_byte.to_owned(), "they were changed"),
            (form.to_owned(), "form that is not known"),
        ] {
            tamper(registry, &set(&what));
            is_problem(&a.get(&format!("engagements/{one}")), 500, "internal");
            let complained = registry.command(&["export", "demo"]).expect_err("it is refused");
            assert!(complained.contains(said) && complained.contains(&one), "{complained}");
            tamper(registry, &set("(SELECT texts FROM kept WHERE key = 'one')"));
        }
        reads(&a, &one, "summary one");
        // Nor does it open as the text of another organisation, whose key is put in its place.
        let keys = "UPDATE engagements SET organization_id = (SELECT organization_id FROM
                    (SELECT * FROM engagements) e WHERE e.key = 'three') WHERE key = 'one'";
        tamper(registry, keys);
        assert!(registry.command(&["export", "demo"]).is_err());
    });
}

#[test]
fn without_the_right_server_key_nothing_opens_and_none_is_made() {
    on_each_database(|registry: &Registry| {
        let [one, ..] = three_summaries(registry);
        let key = std::fs::read(&registry.server_key).expect("the key");
        std::fs::remove_file(&registry.server_key).expect("it is gone");
        for command in [&["export", "demo"][..], &["migrate"], &["serve"], &["keys", "seal"]] {
            let complained = registry.command(command).expect_err("it is refused");
            assert!(complained.contains("missing"), "{complained}");
            assert!(!registry.server_key.exists(), "{command:?} makes another one");
        }
        registry.command(&["disclose"]).expect("what is in the clear is told without it");
        std::fs::write(&registry.server_key, "5".repeat(64)).expect("another one");
        let complained = registry.command(&["export", "demo"]).expect_err("it is refused");
        assert!(complained.contains("holds another one"), "{complained}");
        std::fs::write(&registry.server_key, "no key").expect("none");
        let complained = registry.command(&["export", "demo"]).expect_err("it is refused");
        assert!(complained.contains("64 hexadecimal") && !complained.contains("no key"));
        std::fs::write(&registry.server_key, key).expect("it is back");
        assert!(registry.command(&["export", "demo"]).expect("it opens").contains("summary one"));
        reads(&registry.member("demo", "a"), &one, "summary one");
    });
}

#[test]
fn keys_are_changed_while_entries_exist_and_servers_run() {
    on_each_database(|registry: &Registry| {
        let [one, _, three] = three_summaries(registry);
        let (a, b, c) = (
            registry.member("demo", "a"),
            registry.member("demo", "b"),
            registry.member("demo", "c"),
        );
        let texts = || lines(registry, &texts_of(registry, "one")).remove(0);
        let key = || std::fs::read_to_string(&registry.server_key).expect("the key");
        let (before, former) = (texts(), key());
        let said = registry.command(&["keys", "rotate-server-key"]).expect("it is changed");
        // Those of A and B; C has none yet.
        assert!(said.contains("wraps 2 keys"), "{said}");
        assert_ne!(key(), former);
        assert_eq!(key().split_whitespace().count(), 1, "the former one is destroyed");
        assert_eq!(texts(), before, "the texts stay as they are");
        reads(&a, &one, "summary one");
        // An organisation whose first text comes now, on a server that has not heard of it.
        let line = with(&own_line("c", "north", &asks(&["open_route"])), &json!({"summary": "c"}));
        let of_c = logged(&c, &line);
        let said = registry
            .command(&["keys", "rotate-organization-key", "demo", "a"])
            .expect("it is changed");
        assert!(said.contains("seals 2 rows"), "{said}");
        assert_ne!(texts(), before, "the texts are sealed anew");
        reads(&a, &one, "summary one");
        reads(&b, &three, "summary three");
        reads(&c, &of_c, "c");
        a.amend(&format!("engagements/{one}"), &json!({"summary": "anew"})).expect(200);
        assert!(registry.command(&["export", "demo"]).expect("it opens").contains("anew"));
        std::fs::write(&registry.server_key, former).expect("the former one");
        assert!(registry.command(&["export", "demo"]).is_err(), "it opens nothing any more");
        registry.verify();
    });
}

fn texts_of(registry: &Registry, key: &str) -> String {
    let hex = if registry.database == Database::Sqlite { "hex(texts)" } else { "texts::text" };
    format!("SELECT {hex} AS line FROM engagements WHERE key = '{key}'")
}

#[test]
fn what_was_stored_in_the_clear_is_read_and_can_be_sealed() {
    on_each_database(|registry: &Registry| {
        let [one, ..] = three_summaries(registry);
        let a = registry.member("demo", "a");
        let old = hex("\0[\"a long forgotten heron\"]");
        let old = match registry.database {
            Database::Sqlite => format!("X'{old}'"),
            Database::Postgres => format!("'\\x{old}'::bytea"),
        };
        tamper(registry, &format!("UPDATE engagements SET texts = {old} WHERE key = 'one'"));
        reads(&a, &one, "a long forgotten heron");
        let told = registry.command(&["disclose"]).expect("it is told");
        assert!(told.contains("1 rows with free texts stand in the clear"), "{told}");
        let said = registry.command(&["keys", "seal"]).expect("it is sealed");
        assert!(said.contains("Operation demo: 1 rows"), "{said}");
        assert!(
            lines(registry, &texts_of(registry, "one"))[0]
                .trim_start_matches("\\x")
                .starts_with("01")
        );
        reads(&a, &one, "a long forgotten heron");
        if registry.database == Database::Sqlite {
            assert!(!is_in_files(registry, "forgotten"), "it is in no free page");
        }
        let again = registry.command(&["keys", "seal"]).expect("there is nothing to do");
        assert!(again.contains("Operation demo: 0 rows"), "{again}");
    });
}

#[test]
fn a_new_registry_makes_a_key_that_its_owner_alone_can_read() {
    let folder = std::env::temp_dir().join(format!("concord_new_key_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let run = |environment: &[(&str, &str)]| {
        let mut command = std::process::Command::new(concord_tests::binary());
        let command = command.arg("migrate").current_dir(&folder).env_clear();
        command.envs(environment.iter().copied()).output().expect("the binary runs")
    };
    assert!(run(&[]).status.success());
    let key = folder.join("var/server-key");
    let written = std::fs::read_to_string(&key).expect("it is made");
    assert_eq!(written.trim().len(), 64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&key).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The database belongs to it from its first moment on, and another is none.
    std::fs::remove_file(&key).expect("it is gone");
    assert!(String::from_utf8_lossy(&run(&[]).stderr).contains("missing"));
    let other = "5".repeat(64);
    let complained = run(&[("CONCORD_SERVER_KEY", &other)]);
    let complained = String::from_utf8_lossy(&complained.stderr).into_owned();
    assert!(complained.contains("CONCORD_SERVER_KEY holds another one"), "{complained}");
    assert!(!complained.contains(&other));
    assert!(run(&[("CONCORD_SERVER_KEY", written.trim())]).status.success());
    // Whoever looks into the file finds the name of the key, and not the key.
    let database = folder.join("var/concord.sqlite");
    let mut connection = SqliteConnection::establish(&database.display().to_string()).expect("it");
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let named = "SELECT count(*) AS count FROM installation WHERE length(server_key) = 16";
    let named: Vec<Count> = diesel::sql_query(named).load(&mut connection).expect("it is read");
    assert_eq!(named[0].count, 1);
    let _ = std::fs::remove_dir_all(&folder);
}
