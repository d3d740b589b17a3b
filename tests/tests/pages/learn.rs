//! Learning: the guided first quarter of an hour, the words, and what others have written.

use concord_app::samples::Sample;
use concord_tests::{
    Registry, on_each_database,
    plain_browser::{Browser, said, tags},
    small_world,
};

use super::{browser_of, is_page};

#[test]
fn each_step_leads_to_a_page_and_each_word_is_explained() {
    on_each_database(|registry: &Registry| {
        let sample = Sample::named("exercise").expect("a sample");
        registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
        let browser = browser_of(registry, &registry.member("exercise", "rtw"));
        let page = browser.get("/operations/exercise/learn").expect(200);
        is_page(&page);
        let steps = page.text.split("class=\"steps\"").nth(1).expect("the steps");
        let steps = steps.split("</ol>").next().unwrap_or_default();
        let links = tags(steps, "a");
        assert_eq!(links.len(), 6, "{steps}");
        for link in links {
            browser.get(&link["href"]).expect(200);
        }
        let told = said(&page.text);
        for part in ["What the words mean", "Local commander", "The kinds of flag"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let narrow = "/operations/exercise/learn?issue=access.movement.checkpoints&method=training";
        let narrow = browser.get(narrow).expect(200);
        let documents = |page: &str| page.matches("class=\"with\"").count();
        assert!(documents(&narrow.text) < documents(&page.text), "{}", narrow.text);
        assert!(documents(&narrow.text) > 0 || said(&narrow.text).contains("Nothing known"));
    });
}

#[test]
fn every_page_of_an_exercise_says_so_and_no_other_does() {
    on_each_database(|registry: &Registry| {
        let sample = Sample::named("exercise").expect("a sample");
        registry.import(&sample.bundle(registry.app.today()).expect("a bundle"));
        registry.import(&small_world());
        let says = |browser: &Browser<'_>, path: &str| {
            let page = browser.get(path).expect(200);
            page.text.contains("class=\"watermark\"") && page.text.contains("class=\"exercise\"")
        };
        let (exercise, real) = (registry.member("exercise", "rtw"), registry.member("demo", "a"));
        for page in ["", "/flags", "/log", "/meeting", "/contact", "/learn"] {
            let browser = browser_of(registry, &exercise);
            assert!(says(&browser, &format!("/operations/exercise{page}")), "{page}");
            let browser = browser_of(registry, &real);
            assert!(!says(&browser, &format!("/operations/demo{page}")), "{page}");
        }
    });
}
