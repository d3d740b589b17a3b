//! Exact linear algebra over the rationals, to hold what is shown to what is claimed of it.

/// A fraction in lowest terms with a denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    pub const ZERO: Self = Self { above: 0, below: 1 };
    pub const ONE: Self = Self { above: 1, below: 1 };

    fn new(above: i128, below: i128) -> Self {
        let (mut a, mut b) = (above.abs(), below.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let by = a.max(1) * below.signum();
        Self { above: above / by, below: below / by }
    }

    fn times(self, other: Self) -> Self {
        let above = self.above.checked_mul(other.above).unwrap();
        Self::new(above, self.below.checked_mul(other.below).unwrap())
    }

    fn over(self, other: Self) -> Self {
        self.times(Self::new(other.below, other.above))
    }

    fn minus(self, other: Self) -> Self {
        let first = self.above.checked_mul(other.below).unwrap();
        let second = other.above.checked_mul(self.below).unwrap();
        Self::new(first.checked_sub(second).unwrap(), self.below.checked_mul(other.below).unwrap())
    }
}

/// How many of the rows are independent.
pub fn rank(rows: &[Vec<Fraction>]) -> usize {
    let mut rows = rows.to_vec();
    let columns = rows.first().map_or(0, Vec::len);
    let mut found = 0;
    for column in 0..columns {
        let Some(pivot) = (found..rows.len()).find(|at| rows[*at][column] != Fraction::ZERO) else {
            continue;
        };
        rows.swap(found, pivot);
        let chosen = rows[found].clone();
        for row in &mut rows[found + 1..] {
            let factor = row[column].over(chosen[column]);
            if factor != Fraction::ZERO {
                for (cell, taken) in row.iter_mut().zip(&chosen) {
                    *cell = cell.minus(factor.times(*taken));
                }
            }
        }
        found += 1;
    }
    found
}

/// Whether a figure is a sum of multiples of the rows.
pub fn follows(rows: &[Vec<Fraction>], figure: &[Fraction]) -> bool {
    let mut more = rows.to_vec();
    more.push(figure.to_vec());
    rank(&more) == rank(rows)
}

#[test]
fn what_follows_is_found_and_nothing_else() {
    let row = |cells: [i128; 3]| cells.map(|cell| Fraction::new(cell, 1)).to_vec();
    let rows = [row([1, 1, 1]), row([1, 0, 0])];
    assert!(follows(&rows, &row([0, 1, 1])) && follows(&rows, &row([-2, 3, 3])));
    assert!(!follows(&rows, &row([0, 1, 0])));
    assert_eq!(rank(&[row([2, 4, 6]), row([1, 2, 3]), row([3, 1, 2])]), 2);
    assert_eq!(Fraction::new(6, -4), Fraction::new(-3, 2));
}
