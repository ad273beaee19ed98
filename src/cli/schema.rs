//! `hotline schema`: the flow language for editors.

use crate::flow::schema::schema;
use std::io::{self, Write};

/// Prints the JSON Schema of hotlines and sub-flows.
///
/// # Errors
/// Nobody takes what is printed.
pub fn run(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{:#}", schema())
}
