//! The API as people use it.

use concord_tests::{Registry, line, on_each_database, small_world};
use serde_json::json;

#[test]
fn logging_an_opposed_ask_tells_both_sides_at_once() {
    on_each_database(|registry: &Registry| {
        registry.import(&small_world());
        let (a, b) = (registry.member("demo", "a"), registry.member("demo", "b"));
        let ask = |action: &str| json!([{"issue": "access.movement.routes", "action": action}]);
        let first = a.post("engagements", &line("a", "north", &ask("open_route"))).expect(201);
        assert_eq!(first.flags(), [""; 0]);
        let second = b.post("engagements", &line("b", "group", &ask("close_route"))).expect(201);
        assert_eq!(second.flags(), ["contradiction critical"]);
        let of_a = a.get("flags").expect(200);
        assert_eq!(of_a.flags(), ["contradiction critical"]);
        registry.verify();
    });
}
