//! The two databases: one schema, one order, one answer to who may read what.

use std::collections::BTreeSet;

use concord_domain::{
    document::Organization,
    id::{MechanismId, OrganizationId},
    policy::{Scope, Sharing},
    vocabulary::{Audience, Closed, Disclosure},
};
use concord_store::{
    Area, Store, StoreError, Tx,
    documents::{self, Row},
    entries, operations,
};
use concord_tests::{Database, Registry, file, on_each_database, small_world};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde_json::json;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

const COLUMNS_OF_SQLITE: &str = "
    SELECT m.name || '.' || c.name || ' ' || c.cid || ' ' || lower(c.type) || ' '
           || (CASE WHEN c.\"notnull\" THEN 'needed' ELSE 'null' END) || ' ' || c.pk AS line
      FROM sqlite_schema m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '%diesel%'";
const COLUMNS_OF_POSTGRES: &str = "
    SELECT t.relname || '.' || a.attname || ' '
           || row_number() OVER (PARTITION BY t.oid ORDER BY a.attnum) - 1 || ' '
           || split_part(format_type(a.atttypid, a.atttypmod), ' without', 1) || ' '
           || (CASE WHEN a.attnotnull THEN 'needed' ELSE 'null' END) || ' '
           || coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) AS line
      FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
           LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
     WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
       AND NOT a.attisdropped AND t.relname NOT LIKE '%diesel%'";
const INDEXES_OF_SQLITE: &str = "
    SELECT m.name || ' ' || (CASE WHEN l.\"unique\" THEN 'unique ' ELSE '' END)
           || (SELECT group_concat(name, ',')
                 FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) AS line
      FROM sqlite_schema m JOIN pragma_index_list(m.name) l
     WHERE m.type = 'table' AND l.origin <> 'pk' AND m.name NOT LIKE '%diesel%'";
const INDEXES_OF_POSTGRES: &str = "
    SELECT t.relname || ' ' || (CASE WHEN i.indisunique THEN 'unique ' ELSE '' END)
           || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
                 FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place)
                      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS line
      FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
     WHERE NOT i.indisprimary AND t.relnamespace = 'public'::regnamespace
       AND t.relname NOT LIKE '%diesel%'";

fn lines(registry: &Registry, sqlite: &str, postgres: &str) -> BTreeSet<String> {
    let read = registry.app.store.read(|tx| {
        let found: Result<Vec<Line>, _> = match tx {
            Tx::Sqlite(connection) => sql_query(sqlite).load(connection),
            Tx::Postgres(connection) => sql_query(postgres).load(connection),
        };
        found.map_err(StoreError::from)
    });
    read.expect("the schema").into_iter().map(|line| line.line).collect()
}

fn columns(registry: &Registry) -> BTreeSet<String> {
    lines(registry, COLUMNS_OF_SQLITE, COLUMNS_OF_POSTGRES)
}

#[test]
fn both_databases_have_one_schema() {
    let [sqlite, postgres] = [Database::Sqlite, Database::Postgres].map(Registry::on);
    let differing = |a: BTreeSet<String>, b: BTreeSet<String>| -> Vec<String> {
        assert!(a.len() > 10, "{a:?}");
        a.symmetric_difference(&b).cloned().collect()
    };
    assert_eq!(differing(columns(&sqlite), columns(&postgres)), [""; 0]);
    let indexes = |registry| lines(registry, INDEXES_OF_SQLITE, INDEXES_OF_POSTGRES);
    assert_eq!(differing(indexes(&sqlite), indexes(&postgres)), [""; 0]);
}

#[test]
fn the_code_names_the_columns_of_each_table_in_their_order() {
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("the schema");
    let folder = std::fs::read_dir(file("../crates/store/src/schema")).expect("the folder");
    let parts = folder.map(|entry| entry.expect("a file").path());
    let text: String = parts.chain([file("../crates/store/src/schema.rs")]).map(read).collect();
    let (mut table, mut number, mut said) = ("", 0, BTreeSet::new());
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            (table, number) = (name, 0);
        } else if let Some((column, sort)) = line.split_once(" -> ") {
            let need = if sort.starts_with("Nullable") { "null" } else { "needed" };
            said.insert(format!("{table}.{column} {number} {need}"));
            number += 1;
        }
    }
    let short = |line: &String| {
        let parts: Vec<&str> = line.split(' ').collect();
        format!("{} {} {}", parts[0], parts[1], parts[3])
    };
    let there: BTreeSet<String> =
        columns(&Registry::on(Database::Postgres)).iter().map(short).collect();
    let differing: Vec<&String> = there.symmetric_difference(&said).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn opening_a_database_again_changes_nothing() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (before, schema) = (registry.export("demo"), columns(registry));
        for _ in 0..2 {
            Store::open(&registry.database_url, 2)
                .expect("it opens again")
                .ping()
                .expect("it answers");
        }
        assert_eq!(registry.export("demo"), before);
        assert_eq!(columns(registry), schema);
    });
}

#[test]
fn what_sqlite_knows_of_its_rows_is_counts_of_tables_with_many() {
    let registry = Registry::on(Database::Sqlite);
    let mut bundle = small_world();
    let places = bundle["places"].as_array_mut().expect("the places");
    places.extend((0..1_000).map(|n| json!({"key": format!("p{n}"), "name": "Place", "level": 1})));
    registry.import(&bundle);
    registry.app.store.gather_statistics().expect("it looks");
    let known = |sql| lines(&registry, sql, "");
    assert!(known("SELECT tbl AS line FROM sqlite_stat1").contains("places"));
    let few = "SELECT tbl AS line FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < 1000
               UNION SELECT tbl FROM sqlite_stat4";
    assert_eq!(known(few), BTreeSet::new());
}

#[test]
fn keys_stand_in_the_order_of_their_bytes() {
    let keys = ["a", "B", "_", "-", ".", ":", "0", "a-b", "a.b", "aB", "ab", "Z", "a_b", "a0"];
    on_each_database(|registry: &Registry| {
        let mut bundle = small_world();
        bundle["organizations"] =
            keys.iter().map(|key| json!({"key": key, "name": key, "kind": "ingo"})).collect();
        registry.import(&bundle);
        let found = registry.app.store.read(|tx| {
            let operation = operations::find(tx, "demo")?.expect("it is there").id;
            documents::organizations::page(tx, operation, None, 100)
        });
        let key = |organization: &Organization| organization.identity.key.as_str().to_owned();
        let found: Vec<String> = found.expect("a page").iter().map(key).collect();
        let mut sorted = keys.map(str::to_owned);
        sorted.sort_unstable();
        assert_eq!(found, sorted, "{:?}", registry.database);
    });
}

/// Numbers that are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it fits") % end
    }

    fn some<T: Copy>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().copied().filter(|_| self.below(3) == 0).collect()
    }
}

#[test]
fn what_a_scope_includes_is_what_the_database_finds() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (operation, organizations) = registry
            .app
            .store
            .read(|tx| {
                let operation = operations::find(tx, "demo")?.expect("it is there").id;
                Ok::<_, StoreError>((
                    operation,
                    documents::organizations::page(tx, operation, None, 9)?,
                ))
            })
            .expect("read");
        let organizations: Vec<OrganizationId> =
            organizations.iter().map(|organization| organization.identity.id).collect();
        let mechanisms: Vec<MechanismId> =
            (1..4).map(|number| MechanismId(Uuid::from_u128(number))).collect();
        let mut numbers = Numbers(7);
        let sharings: Vec<(Uuid, Sharing)> = (0..200)
            .map(|number| {
                let owner = numbers.below(organizations.len() + 1);
                let sharing = Sharing {
                    organization: organizations.get(owner).copied(),
                    partners: numbers.some(&organizations),
                    audience: Audience::ALL[numbers.below(Audience::ALL.len())],
                    organizations: numbers.some(&organizations),
                    mechanisms: numbers.some(&mechanisms),
                };
                (Uuid::from_u128(1_000 + number), sharing)
            })
            .collect();
        #[expect(clippy::disallowed_methods, reason = "the store is tried by itself")]
        let saved = registry.app.store.write(Area::Operation(operation), |tx| {
            for (id, sharing) in &sharings {
                let entry = (*id, Row::Unknown);
                let shared = (sharing, Disclosure::Match);
                entries::save(tx, operation, entry, shared, registry.app.today())?;
            }
            Ok::<_, StoreError>(())
        });
        saved.expect("saved");
        let ids: Vec<Uuid> = sharings.iter().map(|(id, _)| *id).collect();
        let (mut seen, mut hidden) = (0, 0);
        for _ in 0..100 {
            let scope = Scope {
                reads_entries: numbers.below(8) > 0,
                organizations: numbers.some(&organizations),
                mechanisms: numbers.some(&mechanisms),
                is_desk: numbers.below(3) == 0,
                is_server: numbers.below(20) == 0,
            };
            let read = |tx: &mut Tx| entries::readable(tx, operation, &scope, &ids);
            let found = registry.app.store.read(read).expect("read");
            for (id, sharing) in &sharings {
                let includes = scope.includes(sharing);
                assert_eq!(found.contains(id), includes, "{scope:#?} {sharing:#?}");
                if includes { seen += 1 } else { hidden += 1 }
            }
        }
        assert!(seen > 1_000 && hidden > 1_000, "{seen} {hidden}");
    });
}
