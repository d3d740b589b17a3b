//! A map of points, without a ground to stand on but the names of areas: nothing is loaded for it
//! from anywhere. North is up, and it is never mirrored.

use super::{
    as_length,
    canvas::{Anchor, Canvas, Lines, width_of, wrapped},
    svg::element,
};

const WIDTH: f64 = 640.0;
const HEIGHT_MAX: f64 = 460.0;
const MARGIN: f64 = 48.0;
/// What is closer together than this many degrees is not drawn larger.
const DEGREES_MIN: f64 = 0.3;
/// How wide the name of a point may be.
const LABEL_WIDTH: f64 = 150.0;
const KILOMETRES_PER_DEGREE: f64 = 111.2;

/// Points on a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// What programs call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// How a length is written in kilometres; `{count}` stands for how many.
    pub scale: String,
    /// What kinds of points there are.
    pub kinds: Vec<String>,
    /// The points, numbered from 1 in their order.
    pub points: Vec<Point>,
    /// What lies around, by name; it is left out where there is no room for it.
    pub around: Vec<Point>,
}

/// A point of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What it is called.
    pub label: String,
    /// Its latitude, in degrees.
    pub latitude: f64,
    /// Its longitude, in degrees.
    pub longitude: f64,
    /// The place of its kind.
    pub kind: usize,
}

/// The map as an SVG element; nothing without points.
#[must_use]
pub fn svg(map: &Map) -> String {
    if map.points.is_empty() {
        return String::new();
    }
    let mut canvas = Canvas::new(WIDTH, false, &map.name);
    canvas.key(&map.kinds, Lines::None);
    let land = Land::of(map, canvas.height + 4.0);
    let mut taken: Vec<Patch> =
        map.points.iter().map(|point| around(land.at(point), 12.0)).collect();
    for point in &map.points {
        canvas.mark(land.at(point), point.kind);
    }
    for (at, point) in map.points.iter().enumerate() {
        write(&mut canvas, &land, (at + 1, point), &mut taken);
    }
    for area in &map.around {
        let (x, y) = land.at(area);
        let label = wrapped(&area.label, LABEL_WIDTH, 1).concat();
        let named = Patch::of((x, y + 4.0), Anchor::Middle, width_of(&label));
        if land.holds(&named) && !taken.iter().any(|other| other.meets(&named)) {
            canvas.quiet((x, y + 4.0), Anchor::Middle, &label);
            taken.push(named);
        }
    }
    let corners = [
        (0.5, land.top),
        (WIDTH - 0.5, land.top),
        (WIDTH - 0.5, land.bottom()),
        (0.5, land.bottom()),
    ];
    for (at, corner) in corners.iter().enumerate() {
        canvas.rule(*corner, corners[(at + 1) % corners.len()]);
    }
    canvas.height = land.bottom() + 4.0;
    draw_scale(&mut canvas, &land, &map.scale);
    element(&canvas, &map.title, &map.about)
}

/// How degrees become lengths.
struct Land {
    west: f64,
    north: f64,
    /// How much shorter a degree to the east is than one to the north.
    narrowed: f64,
    /// How long a degree to the north is.
    degree: f64,
    aside: f64,
    top: f64,
    height: f64,
    /// Whether the points lie on both sides of the line at 180 degrees.
    is_parted: bool,
}

impl Land {
    fn of(map: &Map, top: f64) -> Self {
        let all = || map.points.iter().chain(&map.around);
        let (west, east) = reach(all().map(|point| point.longitude));
        let is_parted = east - west > 180.0;
        let (west, east) = reach(all().map(|point| turned(point.longitude, is_parted)));
        let (south, north) = reach(all().map(|point| point.latitude));
        // Near the poles there is nobody to talk to.
        let narrowed = ((south + north) / 2.0).to_radians().cos().max(0.1);
        let wide = ((east - west) * narrowed).max(DEGREES_MIN);
        let high = (north - south).max(DEGREES_MIN);
        let room = WIDTH - 2.0 * MARGIN;
        let degree = (room / wide).min((HEIGHT_MAX - 2.0 * MARGIN) / high);
        let aside = (WIDTH - (east - west) * narrowed * degree) / 2.0;
        let height = (north - south) * degree + 2.0 * MARGIN;
        Self { west, north, narrowed, degree, aside, top, height, is_parted }
    }

    fn at(&self, point: &Point) -> (f64, f64) {
        let east = turned(point.longitude, self.is_parted) - self.west;
        let x = self.aside + east * self.narrowed * self.degree;
        (x, self.top + MARGIN + (self.north - point.latitude) * self.degree)
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn holds(&self, area: &Patch) -> bool {
        area.left >= 2.0
            && area.right <= WIDTH - 2.0
            && area.above >= self.top
            && area.below <= self.bottom()
    }
}

fn turned(longitude: f64, is_parted: bool) -> f64 {
    if is_parted && longitude < 0.0 { longitude + 360.0 } else { longitude }
}

fn reach(of: impl Iterator<Item = f64>) -> (f64, f64) {
    of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), each| (low.min(each), high.max(each)))
}

/// What a mark or a text covers.
#[derive(Clone, Copy)]
struct Patch {
    left: f64,
    right: f64,
    above: f64,
    below: f64,
}

impl Patch {
    fn of((x, y): (f64, f64), anchor: Anchor, width: f64) -> Self {
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        Self { left, right: left + width, above: y - 11.0, below: y + 3.0 }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.above < other.below
            && other.above < self.below
    }
}

fn around((x, y): (f64, f64), wide: f64) -> Patch {
    let half = wide / 2.0;
    Patch { left: x - half, right: x + half, above: y - half, below: y + half }
}

/// Writes the number and the name of a point where there is room, or else its number alone.
fn write(
    canvas: &mut Canvas,
    land: &Land,
    (number, point): (usize, &Point),
    taken: &mut Vec<Patch>,
) {
    let (x, y) = land.at(point);
    let named = wrapped(&format!("{number} {}", point.label), LABEL_WIDTH, 1).concat();
    let number = number.to_string();
    let places = [
        ((x + 8.0, y + 4.0), Anchor::Start),
        ((x - 8.0, y + 4.0), Anchor::End),
        ((x, y - 9.0), Anchor::Middle),
        ((x, y + 18.0), Anchor::Middle),
    ];
    for text in [&named, &number] {
        for (at, anchor) in places {
            let area = Patch::of(at, anchor, width_of(text));
            if land.holds(&area) && !taken.iter().any(|other| other.meets(&area)) {
                canvas.strong(at, anchor, text);
                taken.push(area);
                return;
            }
        }
    }
    canvas.strong(places[0].0, places[0].1, &number);
}

/// A length in round kilometres, below the map.
fn draw_scale(canvas: &mut Canvas, land: &Land, scale: &str) {
    let fits = (WIDTH / 4.0) / land.degree * KILOMETRES_PER_DEGREE;
    let mut round: u64 = 1;
    for step in [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] {
        if as_length(step) <= fits {
            round = step;
        }
    }
    let length = as_length(round) / KILOMETRES_PER_DEGREE * land.degree;
    let y = canvas.height + 12.0;
    canvas.path(&[(1.0, y - 4.0), (1.0, y), (1.0 + length, y), (1.0 + length, y - 4.0)], 0);
    canvas.text(
        (length + 10.0, y + 1.0),
        Anchor::Start,
        &scale.replace("{count}", &round.to_string()),
    );
    // North.
    let x = WIDTH - 14.0;
    canvas.path(&[(x, y + 2.0), (x, y - 8.0)], 0);
    canvas.mark((x, y - 8.0), 2);
    canvas.height = y + 8.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(label: &str, latitude: f64, longitude: f64) -> Point {
        Point { label: label.to_owned(), latitude, longitude, kind: 0 }
    }

    fn map(points: Vec<Point>) -> Map {
        Map {
            name: "areas".to_owned(),
            title: "Areas".to_owned(),
            about: "Where there is dialogue.".to_owned(),
            scale: "{count} km".to_owned(),
            kinds: vec!["Dialogue".to_owned()],
            points,
            around: vec![point("North Darfur", 15.9, 25.5)],
        }
    }

    /// Where the marks stand, but for those of the key and of north.
    fn marks(svg: &str) -> Vec<(f64, f64)> {
        let number = |tag: &str, name: &str| {
            let value = tag.split(&format!("{name}=\"")).nth(1).unwrap();
            value.split('"').next().unwrap().parse().unwrap()
        };
        let circles = svg.split("<circle ").skip(2);
        circles.map(|tag| (number(tag, "cx"), number(tag, "cy"))).collect()
    }

    #[test]
    fn north_is_up_and_east_is_right() {
        let svg = svg(&map(vec![point("Khartoum", 15.6, 32.5), point("Nyala", 12.0, 24.9)]));
        let marks = marks(&svg);
        assert!(marks[0].0 > marks[1].0 && marks[0].1 < marks[1].1, "{marks:?}");
        for text in ["1 Khartoum", "2 Nyala", "North Darfur", "Areas", "Dialogue"] {
            assert!(svg.contains(text), "{text} in {svg}");
        }
        assert!(svg.contains(" km</text>"), "{svg}");
    }

    #[test]
    fn a_degree_is_as_long_as_it_is_where_it_lies() {
        let mut map = map(vec![point("a", 60.0, 10.0), point("b", 61.0, 12.0)]);
        map.around.clear();
        let marks = marks(&svg(&map));
        let (east, south) = (marks[1].0 - marks[0].0, marks[0].1 - marks[1].1);
        // At 60 degrees two of them to the east are about as long as one to the north.
        assert!((east / south - 1.0).abs() < 0.03, "{east} and {south}");
    }

    #[test]
    fn what_lies_on_both_sides_of_the_line_of_the_date_lies_together() {
        let mut map = map(vec![point("a", 0.0, 179.0), point("b", 0.0, -179.0)]);
        map.around.clear();
        let marks = marks(&svg(&map));
        assert!(marks[0].0 < marks[1].0, "{marks:?}");
        assert!(svg(&map).contains("50 km"), "two degrees are 222 km");
    }

    #[test]
    fn nothing_leaves_the_paper_and_one_point_is_enough() {
        let crowd = (0..60).map(|_| point("The same place with a long name", 1.0, 1.0)).collect();
        for points in [vec![point("alone", 4.0, 4.0)], crowd] {
            let mut map = map(points);
            map.around.clear();
            let svg = svg(&map);
            for (x, y) in marks(&svg) {
                assert!((0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT_MAX + 99.0).contains(&y));
            }
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
        assert_eq!(svg(&map(Vec::new())), "");
    }
}
