//! A graph of two columns of names: who is tied to whom, and how.

use super::{
    Direction, as_length,
    canvas::{Anchor, Canvas, Lines, wrapped},
    svg::element,
};

const WIDTH: f64 = 720.0;
const NAMES_WIDTH: f64 = 220.0;
const ROW_HEIGHT: f64 = 30.0;
/// How far apart two ties of the same pair are.
const APART: f64 = 5.0;

/// What is tied to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// What programs call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// The names in the column where reading begins. They are put in an order in which few ties
    /// cross.
    pub from: Vec<String>,
    /// The names in the other column, in their order.
    pub to: Vec<String>,
    /// What kinds of ties there are.
    pub kinds: Vec<String>,
    /// The ties.
    pub ties: Vec<Tie>,
}

/// That two are tied: their places in the two columns, and the place of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// In the column where reading begins.
    pub from: usize,
    /// In the other column.
    pub to: usize,
    /// Of what kind.
    pub kind: usize,
}

/// The graph as an SVG element; nothing if nothing is tied. A tie to what is not there is not drawn.
#[must_use]
pub fn svg(graph: &Graph, direction: Direction) -> String {
    let is_there = |tie: &&Tie| {
        tie.from < graph.from.len() && tie.to < graph.to.len() && tie.kind < graph.kinds.len()
    };
    let ties: Vec<Tie> = graph.ties.iter().filter(is_there).copied().collect();
    if ties.is_empty() {
        return String::new();
    }
    let mut canvas = Canvas::new(WIDTH, direction == Direction::RightToLeft, &graph.name);
    canvas.key(&graph.kinds, Lines::Drawn);
    let top = canvas.height + 6.0;
    let rows = graph.from.len().max(graph.to.len());
    let height = as_length(rows as u64) * ROW_HEIGHT;
    let middle = |at: usize, of: usize| {
        top + (as_length(at as u64) + 0.5) * height / as_length(of.max(1) as u64)
    };
    let order = untangled(graph, &ties);
    let (begin, end) = (NAMES_WIDTH + 10.0, WIDTH - NAMES_WIDTH - 10.0);
    for tie in &ties {
        let aside =
            (as_length(tie.kind as u64) - as_length(graph.kinds.len() as u64 - 1) / 2.0) * APART;
        let from = (begin, middle(order[tie.from], graph.from.len()) + aside);
        let to = (end, middle(tie.to, graph.to.len()) + aside);
        canvas.path(&[from, to], tie.kind);
        // At another point for each kind, so that they do not cover each other.
        let part = 0.12 + 0.07 * as_length(tie.kind as u64);
        canvas.mark(between(from, to, part), tie.kind);
        canvas.mark(between(to, from, part), tie.kind);
    }
    for (at, name) in graph.from.iter().enumerate() {
        let y = middle(order[at], graph.from.len());
        write(&mut canvas, (NAMES_WIDTH, y), Anchor::End, name);
    }
    for (at, name) in graph.to.iter().enumerate() {
        write(&mut canvas, (WIDTH - NAMES_WIDTH, middle(at, graph.to.len())), Anchor::Start, name);
    }
    canvas.height = top + height + 6.0;
    element(&canvas, &graph.title, &graph.about)
}

fn between(from: (f64, f64), to: (f64, f64), part: f64) -> (f64, f64) {
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

fn write(canvas: &mut Canvas, (x, y): (f64, f64), anchor: Anchor, name: &str) {
    let lines = wrapped(name, NAMES_WIDTH - 6.0, 2);
    let above = as_length(lines.len().saturating_sub(1) as u64) * 6.5;
    for (at, line) in lines.iter().enumerate() {
        canvas.text((x, y + 4.0 - above + as_length(at as u64) * 13.0), anchor, line);
    }
}

/// At which place each name of the first column stands: in the order of the middles of what they
/// are tied to.
fn untangled(graph: &Graph, ties: &[Tie]) -> Vec<usize> {
    let middle = |at: usize| {
        let to: Vec<usize> = ties.iter().filter(|tie| tie.from == at).map(|tie| tie.to).collect();
        let sum: usize = to.iter().sum();
        as_length(sum as u64) / as_length(to.len().max(1) as u64)
    };
    let mut order: Vec<(f64, usize)> = (0..graph.from.len()).map(|at| (middle(at), at)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut places = vec![0; graph.from.len()];
    for (place, (_, at)) in order.into_iter().enumerate() {
        places[at] = place;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let tie = |from, to, kind| Tie { from, to, kind };
        Graph {
            name: "graph".to_owned(),
            title: "Who talks to whom".to_owned(),
            about: "Organisations and armed actors.".to_owned(),
            from: names(&["Harbour", "Roads", "Solace"]),
            to: names(&["Front", "Guard"]),
            kinds: names(&["Strategic", "Tactical"]),
            ties: vec![tie(0, 1, 0), tie(1, 0, 1), tie(2, 0, 0), tie(2, 0, 1)],
        }
    }

    /// Where a text stands.
    fn at(svg: &str, text: &str) -> (f64, f64) {
        let before = svg.split(&format!(">{text}<")).next().unwrap();
        let tag = before.rsplit("<text ").next().unwrap();
        let number = |name: &str| {
            let value = tag.split(&format!("{name}=\"")).nth(1).unwrap();
            value.split('"').next().unwrap().parse().unwrap()
        };
        (number("x"), number("y"))
    }

    #[test]
    fn every_tie_is_drawn_from_a_name_to_a_name_and_kinds_differ() {
        let svg = svg(&graph(), Direction::LeftToRight);
        // Each tie, and each kind in the key.
        assert_eq!(svg.matches("<polyline").count(), 4 + 2);
        assert_eq!(svg.matches("stroke-dasharray=\"none\"").count(), 2 + 1);
        assert_eq!(svg.matches("stroke-dasharray=\"7 3\"").count(), 2 + 1);
        for name in ["Harbour", "Roads", "Solace", "Front", "Guard", "Strategic", "Tactical"] {
            assert!(svg.contains(&format!(">{name}</text>")), "{name} in {svg}");
        }
        assert!(svg.contains("<title id=\"graph-title\">Who talks to whom</title>"));
    }

    #[test]
    fn names_stand_in_an_order_in_which_few_ties_cross() {
        let svg = svg(&graph(), Direction::LeftToRight);
        // Who talks to the first stands first.
        assert!(at(&svg, "Roads").1 < at(&svg, "Solace").1);
        assert!(at(&svg, "Solace").1 < at(&svg, "Harbour").1);
    }

    #[test]
    fn it_is_mirrored_for_those_who_read_from_right_to_left() {
        let forth = svg(&graph(), Direction::LeftToRight);
        let back = svg(&graph(), Direction::RightToLeft);
        for name in ["Roads", "Guard", "Tactical"] {
            let ((x, y), (mirrored, same)) = (at(&forth, name), at(&back, name));
            assert!((x + mirrored - WIDTH).abs() < 0.2 && (y - same).abs() < 0.2, "{name}");
        }
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_nothing_to_what_is_not_there() {
        let mut graph = graph();
        graph.ties = vec![Tie { from: 0, to: 7, kind: 0 }, Tie { from: 9, to: 0, kind: 0 }];
        assert_eq!(svg(&graph, Direction::LeftToRight), "");
        graph.ties = vec![Tie { from: 0, to: 0, kind: 5 }];
        assert_eq!(svg(&graph, Direction::LeftToRight), "");
    }
}
