//! What commands say of themselves to the log of everything.

use crate::store::{Deed, Store};
use crate::words::clock;
use anyhow::Context;

/// Who it was: whoever may run commands is known to the machine and not to us.
const WHO: &str = "command line";

/// Writes down what a command did.
///
/// # Errors
/// The database fails. What was done is done; it is told that it is in no log.
pub async fn record(
    store: &Store,
    what: &str,
    of: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> anyhow::Result<()> {
    let at = clock::now().as_millisecond();
    let deed = Deed { at, who: WHO, place: "-", what, of, before, after };
    store.record_deed(&deed).await.with_context(|| format!("{what} of {of} was done, and is not in the log"))?;
    Ok(())
}
