//! The audit log: what is recorded, who reads what of it, and that it cannot be changed.

use std::io::Cursor;

use concord_app::{
    Error,
    audit::{INSTALLATION, checkpoint, export::export, log_of, sequence, sha256, tree, verify},
    auth::Keys,
};
use concord_domain::vocabulary::Role;
use concord_store::{Area, StoreError, audit as kept};
use concord_tests::{Answer, Registry, line, on_each_database, small_world};
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{asks, id_of, is_problem, logged, own_line};

fn log(registry: &Registry) -> Uuid {
    log_of(&registry.app, Some("demo")).expect("the log")
}

/// What is done to a database by whoever holds it.
#[expect(clippy::disallowed_methods, reason = "whoever holds the database records nothing")]
fn tampers(registry: &Registry, statement: &str) -> Result<(), String> {
    let done = registry
        .app
        .store
        .write(Area::Log, |tx| tx.batch_execute(statement).map_err(StoreError::from));
    done.map_err(|error| error.to_string())
}

/// The records of a sort that a list tells, each as its action and the ids that it names.
fn told(answer: &Answer, deed: &str) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = answer.body["items"].as_array().expect("items").iter();
    let named = |item: &Value| {
        let objects = item["objects"].as_array().expect("objects").iter();
        (text(&item["action"]), objects.map(|object| text(&object["id"])).collect())
    };
    items.filter(|item| item["deed"] == deed).map(named).collect()
}

fn exported(registry: &Registry) -> String {
    let mut file = Vec::new();
    export(&registry.app, log(registry), &mut file).expect("exported");
    String::from_utf8(file).expect("UTF-8")
}

#[test]
fn an_owner_learns_who_read_an_entry_and_nobody_else_does() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let [focal_a, focal_b, focal_c] = ["a", "b", "c"]
            .map(|organization| registry.person("demo", Role::FocalPoint, Some(organization)));
        let member = registry.member("demo", "a");
        let (auditor, desk) = (registry.person("demo", Role::Auditor, None), registry.desk("demo"));
        let shared = logged(&member, &line("a", "north", &asks(&["open_route"])));
        let own = logged(&member, &own_line("a", "south", &asks(&["open_route"])));
        focal_b.get(&format!("engagements/{shared}")).expect(200);
        focal_b.get(&format!("engagements/{own}")).expect(404);

        let list = focal_a.get("audit").expect(200);
        assert_eq!(told(&list, "read"), [("get_engagements".to_owned(), vec![shared.clone()])]);
        let made = told(&list, "changed");
        let wanted = |id: &String| ("create_engagements".to_owned(), vec![id.clone()]);
        assert_eq!(made.len(), 2);
        assert!(made.contains(&wanted(&own)) && made.contains(&wanted(&shared)), "{made:?}");
        // B's refusal is told to B: which id was asked for, and nothing of whose it is.
        let list = focal_b.get("audit").expect(200);
        assert_eq!(told(&list, "read"), []);
        assert_eq!(told(&list, "refused"), [("get_engagements".to_owned(), vec![own.clone()])]);
        let list = focal_c.get("audit").expect(200);
        for id in [&shared, &own] {
            assert!(!list.text.contains(id.as_str()), "{}", list.text);
        }
        // The auditor reads all of it, and no content.
        let list = auditor.get("audit?limit=200").expect(200);
        for id in [&shared, &own] {
            assert!(list.text.contains(id.as_str()), "{}", list.text);
        }
        assert!(!list.text.contains("route"), "{}", list.text);
        for person in [&member, &desk] {
            is_problem(&person.get("audit"), 403, "forbidden");
            is_problem(&person.get("audit/weeks"), 403, "forbidden");
            person.get("audit/checkpoint").expect(200);
        }
    });
}

#[test]
fn a_check_and_a_line_that_meet_a_hidden_one_are_counted_by_the_week_alone() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal = registry.person("demo", Role::FocalPoint, Some("a"));
        let b = registry.member("demo", "b");
        let hidden = logged(&focal, &own_line("a", "north", &asks(&["open_route"])));
        let mut question = line("b", "north", &asks(&["close_route"]));
        for member in ["status", "audience"] {
            question.as_object_mut().expect("an object").remove(member);
        }
        question["purpose"] = "A meeting".into();
        question["places"] = json!(["leer"]);
        question["until"] = json!("2026-03-30");
        b.post("checks", &question).expect(200);
        let met = logged(&b, &line("b", "north", &asks(&["close_route"])));
        let list = focal.get("audit").expect(200);
        assert_eq!(told(&list, "matched"), []);
        assert!(!list.text.contains(&met), "{}", list.text);
        assert_eq!(told(&list, "changed"), [("create_engagements".to_owned(), vec![hidden])]);
        // The week has to have ended.
        let weeks = || focal_again(registry).get("audit/weeks").expect(200).body["items"].clone();
        assert_eq!(weeks(), json!([]));
        registry.pass_days(7);
        assert_eq!(weeks(), json!([{"from": "2026-03-09", "checks": 1, "entries": 1}]));
    });
}

fn focal_again(registry: &Registry) -> concord_tests::Person<'_> {
    registry.person("demo", Role::FocalPoint, Some("a"))
}

#[test]
fn a_proof_shows_that_a_record_was_signed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let focal = registry.person("demo", Role::FocalPoint, Some("a"));
        logged(&focal, &line("a", "north", &asks(&["open_route"])));
        let none = focal.get("audit?proofs=true").expect(200);
        assert_eq!(none.body["items"][0]["proof"], Value::Null);
        sequence::sequence(&registry.app).expect("in order");
        checkpoint::make(&registry.app, log(registry)).expect("signed");
        let list = focal.get("audit?proofs=true").expect(200);
        let items = list.body["items"].as_array().expect("items");
        let made = items.iter().find(|item| item["deed"] == "changed").expect("it was logged");
        let proof = &made["proof"];
        let answer = focal.get("audit/checkpoint").expect(200);
        assert_eq!(answer.body["checkpoint"], proof["checkpoint"]);
        let key = answer.body["verifier_key"].as_str().expect("a key");
        let signed = proof["checkpoint"].as_str().expect("a note");
        let signed = checkpoint::Checkpoint::open(signed, key).expect("it holds");
        let record = proof["record"].as_str().expect("a record");
        assert_eq!(serde_json::from_str::<Value>(record).expect("JSON")["id"], made["id"]);
        let hashes: String = proof["hashes"]
            .as_array()
            .expect("hashes")
            .iter()
            .map(|h| h.as_str().unwrap())
            .collect();
        let hashes: Vec<u8> = (0..hashes.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hashes[at..at + 2], 16).expect("digits"))
            .collect();
        let place = (proof["number"].as_u64().expect("a place"), sha256(&[record.as_bytes()]));
        assert!(tree::includes((signed.root, signed.size), place, &hashes));
        let other = (place.0, sha256(&[b"another"]));
        assert!(!tree::includes((signed.root, signed.size), other, &hashes));
    });
}

#[test]
fn nothing_is_done_or_shown_that_cannot_be_recorded() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let shared = logged(&a, &line("a", "north", &asks(&["open_route"])));
        tampers(registry, "ALTER TABLE audit_records RENAME TO elsewhere").expect("done");
        a.post("engagements", &line("a", "south", &asks(&["open_route"]))).expect(500);
        let answer = b.get(&format!("engagements/{shared}")).expect(500);
        assert!(!answer.text.contains("north"), "{}", answer.text);
        b.get(&format!("engagements/{}", Uuid::nil())).expect(500);
        let login = json!({"login": a.login, "password": concord_tests::PASSWORD});
        registry.nobody("demo").post("/v1/tokens", &login).expect(500);
        tampers(registry, "ALTER TABLE elsewhere RENAME TO audit_records").expect("done");
        let list = a.get("engagements").expect(200);
        assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn the_database_refuses_to_change_what_is_recorded() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        sequence::sequence(&registry.app).expect("in order");
        checkpoint::make(&registry.app, log(registry)).expect("signed");
        for statement in [
            "UPDATE audit_records SET record = 'x'",
            "DELETE FROM audit_records",
            "UPDATE audit_sequence SET number = number + 1",
            "DELETE FROM audit_sequence",
            "UPDATE audit_checkpoints SET note = 'x'",
            "DELETE FROM audit_checkpoints",
        ] {
            let refused = tampers(registry, statement).expect_err(statement);
            assert!(refused.contains("only added to"), "{statement}: {refused}");
        }
    });
}

#[test]
fn every_tampering_of_an_export_is_found() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        for place in ["leer", "koch", "unity"] {
            let mut line = line("a", "north", &asks(&["open_route"]));
            line["places"] = json!([place]);
            logged(&a, &line);
        }
        let whole = exported(registry);
        let note = checkpoint::make(&registry.app, log(registry)).expect("signed");
        let key = registry.keys.checkpoints().verifier();
        let verified = |file: &str| verify::verify(Cursor::new(file.to_owned()), &note, &key);
        let lines: Vec<&str> = whole.lines().collect();
        let count = lines.len() as u64 - 1;
        assert!(count >= 4, "{whole}");
        assert_eq!(verified(&whole), Ok(verify::Verified { signed: count, newer: 0 }));
        let joined =
            |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        for at in 1..lines.len() {
            let mut removed = lines.clone();
            removed.remove(at);
            verified(&joined(&removed)).expect_err("removed");
            verified(&joined(&lines[..at])).expect_err("cut off");
            let mut doubled = lines.clone();
            doubled.insert(at, lines[at]);
            verified(&joined(&doubled)).expect_err("doubled");
            for other in at + 1..lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(at, other);
                verified(&joined(&swapped)).expect_err("moved");
            }
            for byte in 0..lines[at].len() {
                let mut altered = lines[at].as_bytes().to_vec();
                altered[byte] ^= 1;
                let Ok(altered) = String::from_utf8(altered) else { continue };
                let mut all = lines.clone();
                all[at] = &altered;
                verified(&joined(&all)).expect_err("altered");
            }
        }
        // Whoever chains it anew has not got the signature.
        let forged = rechained(&lines, |records| drop(records.remove(1)));
        assert!(verified(&forged).expect_err("cut").contains("cut off"));
        let forged = rechained(&lines, |records| records.swap(0, 1));
        assert!(verified(&forged).expect_err("rewritten").contains("rewritten"));
        let another = note.replacen(&format!("\n{count}\n"), &format!("\n{}\n", count - 1), 1);
        verify::verify(Cursor::new(whole.clone()), &another, &key).expect_err("another note");
        // What is newer than the checkpoint is said to be.
        logged(&a, &line("a", "south", &asks(&["open_route"])));
        assert_eq!(verified(&exported(registry)).map(|found| found.newer), Ok(1));
    });
}

/// An export whose records were changed, and all of it chained anew.
fn rechained(lines: &[&str], change: impl Fn(&mut Vec<String>)) -> String {
    let mut first: Value = serde_json::from_str(lines[0]).expect("the first line");
    let record = |line: &&str| line.splitn(3, '\t').nth(2).expect("a record").to_owned();
    let mut records: Vec<String> = lines[1..].iter().map(record).collect();
    change(&mut records);
    first["size"] = records.len().into();
    let mut chain = sequence::beginning(first["origin"].as_str().expect("an origin"));
    let mut file = format!("{first}\n");
    for (number, record) in records.iter().enumerate() {
        chain = sequence::chained(&chain, &sha256(&[record.as_bytes()]));
        let hex: String = chain.iter().map(|byte| format!("{byte:02x}")).collect();
        file.push_str(&format!("{number}\t{hex}\t{record}\n"));
    }
    file
}

#[test]
fn a_record_without_a_place_is_found() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        sequence::sequence(&registry.app).expect("in order");
        assert_eq!(sequence::examine(&registry.app).expect("examined"), [""; 0]);
        let a = registry.member("demo", "a");
        logged(&a, &line("a", "north", &asks(&["open_route"])));
        // Somebody keeps it from its place.
        tampers(registry, "DELETE FROM audit_waiting").expect("done");
        sequence::sequence(&registry.app).expect("in order");
        assert_eq!(sequence::examine(&registry.app).expect("examined"), [""; 0]);
        registry.pass_seconds(sequence::WAITING_SECONDS_MAX + 1);
        let wrong = sequence::examine(&registry.app).expect("examined");
        assert!(wrong.iter().any(|what| what.contains("no place")), "{wrong:?}");
        let file = exported(registry);
        let note = checkpoint::make(&registry.app, log(registry)).expect("signed");
        let key = registry.keys.checkpoints().verifier();
        let told = verify::verify(Cursor::new(file), &note, &key).expect_err("left out");
        assert!(told.contains("no place"), "{told}");
    });
}

#[test]
fn many_that_put_records_in_order_do_it_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        sequence::sequence(&registry.app).expect("in order");
                    }
                });
            }
            for _ in 0..10 {
                logged(&a, &line("a", "north", &asks(&["open_route"])));
            }
        });
        sequence::sequence(&registry.app).expect("in order");
        assert_eq!(sequence::examine(&registry.app).expect("examined"), [""; 0]);
        let read = registry.app.store.read(|tx| {
            let placed = kept::records(tx, log(registry), (0, 1_000))?;
            let waiting = kept::waiting(tx, 1)?;
            Ok::<_, Error>((placed, waiting))
        });
        let (placed, waiting) = read.expect("read");
        assert!(waiting.is_empty());
        let numbers: Vec<i64> = placed.iter().map(|(placed, _)| placed.number).collect();
        assert_eq!(numbers, (0..numbers.len() as i64).collect::<Vec<_>>());
    });
}

#[test]
fn a_salted_hash_binds_what_an_entry_was_until_its_salt_is_erased() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let made = logged(&a, &line("a", "north", &asks(&["open_route"])));
        let records = registry.audit_records("demo");
        let names = |record: &&Value| record["objects"][0]["id"] == made.as_str();
        let record = records.iter().find(names).expect("it is recorded");
        assert_eq!(record["objects"][0]["hash"].as_str().map(str::len), Some(64));
        let (object, id) = (made.parse().expect("an id"), id_of(record).parse().expect("an id"));
        let salt = || {
            let read = registry.app.store.read(|tx| kept::salt(tx, log(registry), (object, id)));
            read.expect("read")
        };
        assert_eq!(salt().map(|salt| salt.len()), Some(32));
        concord_app::audit::write(&registry.app, Area::Operation(log(registry)), |tx, _| {
            Ok(kept::erase_salts(tx, log(registry), object)?)
        })
        .expect("erased");
        assert_eq!(salt(), None);
        sequence::sequence(&registry.app).expect("in order");
        assert_eq!(sequence::examine(&registry.app).expect("examined"), [""; 0]);
    });
}

#[test]
fn signing_in_is_recorded_and_so_is_failing_to() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let before = registry.audit_records("").len();
        let wrong = json!({"login": a.login, "password": "not this pass phrase"});
        registry.nobody("demo").post("/v1/tokens", &wrong).expect(401);
        let unknown = json!({"login": "nobody-at-all", "password": "not this pass phrase"});
        registry.nobody("demo").post("/v1/tokens", &unknown).expect(401);
        let records = registry.audit_records("");
        assert_eq!(records.len(), before + 2);
        let refused: Vec<&Value> =
            records.iter().filter(|record| record["deed"] == "refused").collect();
        assert_eq!(refused.len(), 2);
        assert_eq!(refused.iter().filter(|record| record["by"].is_null()).count(), 1);
        assert!(refused.iter().all(|record| record["action"] == "sign_in"));
        let text = Value::from(records.clone()).to_string();
        assert!(!text.contains("nobody-at-all") && !text.contains("pass phrase"), "{text}");
        assert_eq!(log_of(&registry.app, None).expect("the log"), INSTALLATION);
    });
}
