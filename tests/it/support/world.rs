//! A line that rings people around the world, so that at any moment a test may ring somebody.

use super::server::Home;
use hotline::words::{Phone, clock};
use jiff::{SignedDuration, Timestamp};

/// The line, by its file.
pub const WORLD: &str = "\
flow: world
title: { en-US: World }
languages: [en-US]
uses: [call-me-back]
hours: always
countries: [HK, GB, US]
start: back
person: back
denied: back
steps:
  back: { call: call-me-back, with: { kind: callback, topic: shop, priority: low }, then: bye }
  bye: { hangup: { en-US: Bye. } }
";

/// A number where it is day now and for the next minutes: somewhere it always is.
pub fn awake() -> &'static str {
    let now = clock::now();
    let day = |at: Timestamp, number: &str| {
        let zones = Phone::parse(number, None).unwrap().calling_zones().unwrap();
        zones.iter().all(|zone| (9..20).contains(&at.in_tz(zone).unwrap().hour()))
    };
    let soon = now + SignedDuration::from_mins(15);
    let numbers = ["+85261239500", "+447400123456", "+12133734253"];
    numbers.into_iter().find(|number| day(now, number) && day(soon, number)).expect("it is day somewhere")
}

/// The shipped flows and this one beside them.
pub fn with_world() -> Home {
    let home = Home::new().with_own_flows();
    home.write("flows/world.yaml", WORLD);
    home
}
