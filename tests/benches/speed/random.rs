//! Chance that comes out the same on every run and machine.

use uuid::Uuid;

/// SplitMix64: small, and the same in every version of every library.
pub struct Random(u64);

impl Random {
    /// The chance of one thing among many, whatever was made before it.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut random = Self(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next();
        Self(random.next())
    }

    /// 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// From 0 up to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that happens to this share.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of these.
    pub fn one<'o, T>(&mut self, of: &'o [T]) -> &'o T {
        &of[self.below(of.len())]
    }

    /// One of these, each with its weight.
    pub fn weighted<T: Copy>(&mut self, of: &[(f64, T)]) -> T {
        let mut left = self.unit() * of.iter().map(|(weight, _)| weight).sum::<f64>();
        for (weight, each) in of {
            left -= weight;
            if left < 0.0 {
                return *each;
            }
        }
        of[of.len() - 1].1
    }

    /// Days whose logarithm is normal, around a median.
    pub fn days(&mut self, median: f64, sigma: f64, most: u32) -> u32 {
        let (a, b) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * a.ln()).sqrt() * (2.0 * std::f64::consts::PI * b).cos();
        (median * (sigma * normal).exp()).clamp(1.0, f64::from(most)) as u32
    }

    /// A random id.
    pub fn id(&mut self) -> Uuid {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }
}

/// Few that come up often and many that hardly do: the n-th has the weight 1/n^s.
pub struct Zipf(Vec<f64>);

impl Zipf {
    /// Over this many, with this exponent.
    pub fn new(count: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let weights = (1..=count).map(|rank| {
            sum += (rank as f64).powf(-exponent);
            sum
        });
        Self(weights.collect())
    }

    /// Which rank comes up, from 0.
    pub fn draw(&self, random: &mut Random) -> usize {
        let last = self.0.len() - 1;
        let at = random.unit() * self.0[last];
        self.0.partition_point(|sum| *sum <= at).min(last)
    }
}
