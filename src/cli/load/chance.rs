//! Chance for callers: ids, tokens, how long somebody thinks. Nothing secret is made of it.

use std::cell::Cell;
use std::time::Duration;

/// Dice of one thread (SplitMix64).
pub struct Dice(Cell<u64>);

impl Dice {
    /// Dice that nobody else throws.
    ///
    /// # Errors
    /// The system has no chance to give.
    pub fn new() -> Result<Dice, getrandom::Error> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed)?;
        Ok(Dice(Cell::new(u64::from_ne_bytes(seed))))
    }

    /// The next throw.
    pub fn throw(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut x = self.0.get();
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// At least 0 and less than 1.
    pub fn part(&self) -> f64 {
        f64::from((self.throw() >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
    }

    /// A time, half more or less.
    pub fn around(&self, time: Duration) -> Duration {
        time.mul_f64(0.5 + self.part())
    }

    /// 32 digits of hex.
    pub fn id(&self) -> String {
        format!("{:016x}{:016x}", self.throw(), self.throw())
    }
}
