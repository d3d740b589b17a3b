//! What is reviewed like code and made by code: the API, the format, the policy, the rules, the
//! command line. `make accept` writes them anew.

use std::{fmt::Write, process::Command};

use concord_domain::{bundle, credential, policy, rules::RULES, vocabulary::Closed};
use concord_tests::{binary, is_golden, json_files};
use serde_json::Value;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON") + "\n"
}

#[test]
fn golden_the_api_is_the_published_one() {
    is_golden(
        "openapi/concord.json",
        &pretty(&serde_json::to_value(concord_api::openapi()).expect("JSON")),
    );
}

#[test]
fn golden_the_schema_of_bundles_is_the_published_one() {
    is_golden("openapi/bundle.schema.json", &pretty(&bundle::schema()));
}

#[test]
fn golden_every_bundle_here_is_valid_by_the_published_schema() {
    let schema = bundle::schema();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema);
    let schema = schema.expect("a schema");
    let bundles = ["scenarios", "bundles"].into_iter().flat_map(json_files);
    for (name, bundle) in bundles {
        let faults: Vec<String> = schema
            .iter_errors(&bundle)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, [""; 0], "{name}");
    }
}

#[test]
fn golden_the_policy_is_the_reviewed_one() {
    let text = policy::matrix() + "\n" + &credential::matrix();
    is_golden("crates/domain/src/policy.txt", &text);
}

#[test]
fn golden_the_rules_are_the_reviewed_ones() {
    let mut text = String::new();
    for rule in RULES {
        let _ = write!(
            text,
            "{} ({})\n  {}\n  Holds when: {}\n  Why: {}\n  Settled by: {}\n\n",
            rule.kind.code(),
            rule.class.code(),
            rule.title,
            rule.holds_when,
            rule.why,
            rule.settled_by,
        );
    }
    is_golden("crates/domain/src/rules.txt", text.trim_end());
}

#[test]
fn golden_the_help_is_the_reviewed_one() {
    let help = |arguments: &[&str]| {
        let output = Command::new(binary()).args(arguments).arg("--help").env_clear().output();
        let output = output.expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let subcommands = |help: &str| -> Vec<String> {
        let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let named = commands.take_while(|line| line.starts_with("  "));
        let names = named.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
        names.filter(|name| name != "help").collect()
    };
    let mut text = String::new();
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(path) = waiting.pop() {
        let arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        let said = help(&arguments);
        let _ = writeln!(
            text,
            "$ concord {}\n{said}",
            [&arguments[..], &["--help"]].concat().join(" ")
        );
        for name in subcommands(&said).into_iter().rev() {
            waiting.push([path.clone(), vec![name]].concat());
        }
    }
    is_golden("tests/golden/help.txt", &text);
}
