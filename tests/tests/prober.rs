//! What a hostile member learns within the budgets. `make probe` asks for 30 days of simulated
//! time in every way, and prints what is located; the tests ask for fewer.

use concord_tests::prober::{By, Located, Way, World, line, probe};

/// The most of a hundred that may be located above guessing.
const ABOVE_GUESSING_MAX: usize = 10;

fn probed(seed: u64, (by, way): (By, Way), days: usize) -> Located {
    let located = probe(&World::of(seed), by, way, days);
    println!("{}", line(by, way, days, located));
    assert!(
        located.above_guessing() <= ABOVE_GUESSING_MAX,
        "a hostile member locates too much: {located:?}"
    );
    located
}

#[test]
fn checks_locate_few_hidden_lines() {
    let located = probed(7, (By::Checks, Way::BeyondGuessing), 30);
    // Something was asked, and most cannot be guessed: else nothing would be shown here.
    assert!(located.asked > 10 && located.by_guessing < 25, "{located:?}");
}

#[test]
fn entries_that_are_logged_and_edited_locate_few_hidden_lines() {
    let located = probed(7, (By::Entries, Way::BeyondGuessing), 30);
    assert!(located.asked > 10, "{located:?}");
}

#[test]
#[ignore = "`make probe` prints it"]
fn every_way_for_thirty_days() {
    for seed in [7, 8, 9] {
        for by in [By::Checks, By::Entries] {
            for way in [Way::LikelyFirst, Way::BeyondGuessing, Way::FromAbove] {
                probed(seed, (by, way), 30);
            }
        }
    }
}
