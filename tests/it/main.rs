//! Tests of the whole through its outer doors, in one binary so that it is linked once.

mod store_races;
mod store_story;
mod support;
