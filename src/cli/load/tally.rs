//! What was counted and measured. Knows nothing of how it is told.

use std::collections::BTreeMap;
use std::time::Duration;

/// What is wrong, for programs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// No connection, or it broke.
    Transport,
    /// No answer in time.
    Timeout,
    /// Another status than is due.
    Status,
    /// An answer that is no document by its type.
    ContentType,
    /// A document the provider would not take.
    Document,
    /// An address that leads elsewhere.
    Address,
    /// A verb that callers here cannot follow.
    Verb,
    /// Keys that do not fit the wait.
    Keys,
    /// The line hung up before all keys were pressed.
    EarlyEnd,
    /// The line waits on after all keys were pressed.
    NoEnd,
    /// The line talks on and never waits.
    Stuck,
    /// The same webhook was answered in two ways.
    DoubledDiffer,
    /// A forged webhook was not refused.
    ForgedTaken,
}

impl What {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            What::Transport => "transport",
            What::Timeout => "timeout",
            What::Status => "status",
            What::ContentType => "content-type",
            What::Document => "document",
            What::Address => "address",
            What::Verb => "verb",
            What::Keys => "keys",
            What::EarlyEnd => "early-end",
            What::NoEnd => "no-end",
            What::Stuck => "stuck",
            What::DoubledDiffer => "doubled-differ",
            What::ForgedTaken => "forged-taken",
        }
    }
}

/// Something that went wrong.
pub struct Trouble {
    /// Its kind.
    pub what: What,
    /// What was seen, without secrets.
    pub sample: String,
}

impl Trouble {
    /// Trouble of a kind.
    pub fn new(what: What, sample: impl Into<String>) -> Trouble {
        Trouble { what, sample: sample.into() }
    }
}

/// Everything that was counted.
#[derive(Default)]
pub struct Tally {
    /// Calls that are over, however.
    pub calls: u64,
    /// Webhooks answered that somebody waited for; neither doubles, nor forged ones, nor statuses.
    pub webhooks: u64,
    /// Ends of calls that were told.
    pub statuses: u64,
    /// Documents that asked to hold.
    pub held: u64,
    /// Things that went wrong.
    pub errors: u64,
    /// Webhooks sent twice.
    pub doubled: u64,
    /// Of these, answered in two ways.
    pub doubled_differ: u64,
    /// Forged webhooks.
    pub forged: u64,
    /// Of these, not refused.
    pub forged_taken: u64,
    /// How often each kind of trouble was, and the first of it.
    pub samples: BTreeMap<What, (u64, String)>,
    /// From when a webhook was due to its whole answer.
    pub waited: Histogram,
}

impl Tally {
    /// Counts trouble.
    pub fn trouble(&mut self, trouble: Trouble) {
        match trouble.what {
            What::DoubledDiffer => self.doubled_differ += 1,
            What::ForgedTaken => self.forged_taken += 1,
            _ => self.errors += 1,
        }
        self.samples.entry(trouble.what).or_insert_with(|| (0, trouble.sample)).0 += 1;
    }

    /// Whether nothing went wrong.
    pub fn all_well(&self) -> bool {
        self.errors + self.doubled_differ + self.forged_taken == 0
    }
}

/// How many parts a doubling of the time is cut into, as a power of two: shares are told to 1 %.
const PARTS: u32 = 7;
/// The longest time told apart, in microseconds: 67 s.
const LONGEST: u64 = 1 << 26;

/// Times in buckets of a fixed number, each at most 1 % wide.
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: Duration,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: vec![0; bucket(LONGEST) + 1], count: 0, max: Duration::ZERO }
    }
}

impl Histogram {
    /// Takes a time in.
    pub fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(LONGEST).min(LONGEST);
        self.buckets[bucket(micros)] += 1;
        self.count += 1;
        self.max = self.max.max(time);
    }

    /// The time that this share of all, as 0.99, did not take longer than; milliseconds.
    pub fn at(&self, share: f64) -> f64 {
        let wanted = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        let found = self.buckets.iter().position(|in_it| {
            seen += in_it;
            seen >= wanted
        });
        found.map_or(0.0, |index| (end_of(index) as f64 / 1000.0).min(self.max_ms()))
    }

    /// The longest, in milliseconds.
    pub fn max_ms(&self) -> f64 {
        self.max.as_secs_f64() * 1000.0
    }
}

/// The bucket of a time in microseconds. Below 2^PARTS each has one of its own; above, every doubling
/// has as many as there are parts.
fn bucket(micros: u64) -> usize {
    let doublings = (u64::BITS - micros.leading_zeros()).saturating_sub(PARTS + 1);
    ((u64::from(doublings) << PARTS) + (micros >> doublings)) as usize
}

/// The last microsecond of a bucket.
fn end_of(index: usize) -> u64 {
    let index = index as u64;
    let doublings = (index >> PARTS).saturating_sub(1);
    ((index - (doublings << PARTS) + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_in_a_bucket_that_is_narrow() {
        let mut last = 0;
        for micros in (0..5000).chain([5_000, 65_535, 65_536, 1_000_003, 14_999_999, LONGEST]) {
            let index = bucket(micros);
            assert!(index >= last && end_of(index) >= micros, "{micros} in {index}, which ends at {}", end_of(index));
            assert!(end_of(index) - micros <= micros / 100, "{micros} in a bucket to {}", end_of(index));
            last = index;
        }
    }

    #[test]
    fn shares_are_of_what_was_taken_in() {
        let mut times = Histogram::default();
        (1..=1000).for_each(|ms| times.record(Duration::from_millis(ms)));
        for (share, ms) in [(0.5, 500.0), (0.9, 900.0), (0.99, 990.0), (0.999, 999.0), (1.0, 1000.0)] {
            assert!((times.at(share) - ms).abs() <= ms / 100.0, "{share}: {}", times.at(share));
        }
        times.record(Duration::from_hours(1));
        assert!((times.max_ms() - 3_600_000.0).abs() < 0.001);
        assert!(Histogram::default().at(0.5).abs() < f64::EPSILON);
    }
}
