//! Secrets of second factors at rest: none stands in the database as it is, each opens for its
//! account alone, and those of older versions are read and can be sealed.

use concord_tests::{Database, Registry, on_each_database, small_world};

use super::{
    is_problem,
    sealing::{is_in_files, lines, tamper},
    second_factor::{App, challenge, enrolled, second_step},
};

/// The bytes of a secret as hexadecimal digits.
fn hex(app: &App<'_>) -> String {
    app.totp.secret().as_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The secrets that are stored, as hexadecimal digits.
fn stored(registry: &Registry) -> Vec<String> {
    let written = match registry.database {
        Database::Sqlite => "hex(secret)",
        Database::Postgres => "upper(encode(secret, 'hex'))",
    };
    lines(registry, &format!("SELECT {written} AS line FROM second_factors ORDER BY account_id"))
}

/// Puts a secret there as older versions did.
fn stored_in_the_clear(registry: &Registry, app: &App<'_>) {
    let hex = hex(app);
    let written = match registry.database {
        Database::Sqlite => format!("X'{hex}'"),
        Database::Postgres => format!("decode('{hex}', 'hex')"),
    };
    tamper(registry, &format!("UPDATE second_factors SET secret = {written}, server_key = NULL"));
}

#[track_caller]
fn signs_in(registry: &Registry, login: &str, app: &App<'_>) {
    registry.pass_seconds(30);
    second_step(registry, &challenge(registry, login), &app.code()).expect(200);
}

#[test]
fn no_secret_of_a_second_factor_stands_in_the_database_as_it_is() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (app, _) = enrolled(registry, &a);
        let first = stored(registry);
        assert!(!first[0].contains(&hex(&app)), "{first:?}");
        if registry.database == Database::Sqlite {
            assert!(is_in_files(registry, a.login.as_bytes()), "what is in the clear is found so");
            assert!(!is_in_files(registry, app.totp.secret().as_bytes()));
        }
        signs_in(registry, &a.login, &app);
        assert_ne!(stored(registry), first, "it is sealed anew whenever it is written");
        // Another key of the server's takes it over, while this server runs.
        let second = stored(registry);
        registry.command(&["keys", "rotate-server-key"]).expect("it is changed");
        assert_ne!(stored(registry), second);
        signs_in(registry, &a.login, &app);
        let told = registry.command(&["disclose"]).expect("it is told");
        assert!(!told.contains("secrets of second factors stand in the clear"), "{told}");
    });
}

#[test]
fn a_secret_that_was_moved_to_another_account_is_refused() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let (of_a, _) = enrolled(registry, &a);
        let (of_b, _) = enrolled(registry, &b);
        let challenges = [&a.login, &b.login].map(|login| challenge(registry, login));
        tamper(
            registry,
            "UPDATE second_factors SET secret = (SELECT secret FROM
             (SELECT * FROM second_factors) every ORDER BY account_id LIMIT 1)",
        );
        // One of them stands where it was sealed; with it nobody signs in as the other.
        registry.pass_seconds(30);
        let codes = [of_a.code(), of_b.code()];
        let answers: Vec<_> = challenges
            .iter()
            .flat_map(|challenge| codes.iter().map(|code| second_step(registry, challenge, code)))
            .collect();
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        let moved = if statuses[0] == 500 { 0 } else { 2 };
        is_problem(&answers[moved], 500, "internal");
        is_problem(&answers[moved + 1], 500, "internal");
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    });
}

#[test]
fn a_secret_of_an_older_version_is_read_and_can_be_sealed() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let a = registry.member("demo", "a");
        let (app, _) = enrolled(registry, &a);
        stored_in_the_clear(registry, &app);
        assert_eq!(stored(registry), [hex(&app)]);
        let told = registry.command(&["disclose"]).expect("it is told");
        assert!(told.contains("1 secrets of second factors stand in the clear"), "{told}");
        let said = registry.command(&["keys", "seal"]).expect("it is sealed");
        assert!(said.contains("Accounts: 1 secrets"), "{said}");
        assert!(!stored(registry)[0].contains(&hex(&app)));
        if registry.database == Database::Sqlite {
            let secret = app.totp.secret();
            assert!(!is_in_files(registry, secret.as_bytes()), "it is in no free page");
        }
        signs_in(registry, &a.login, &app);
        let again = registry.command(&["keys", "seal"]).expect("there is nothing to do");
        assert!(again.contains("Accounts: 0 secrets"), "{again}");
        // Whoever signs in seals theirs.
        stored_in_the_clear(registry, &app);
        signs_in(registry, &a.login, &app);
        assert!(!stored(registry)[0].contains(&hex(&app)));
    });
}
