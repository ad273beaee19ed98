//! Ringing agent and customer through the line's provider.

use super::{Desk, DeskError, Result};
use crate::store::{DialRow, DialState, Person, Request};

impl Desk {
    /// Has the provider ring the agent of an attempt that was just ordered.
    pub(super) async fn ring(&self, person: &Person, request: &Request, ordered: &DialRow) -> Result<()> {
        let _ = (person, request);
        let (nth, at) = (ordered.dial.nth, self.now_ms());
        let store = self.answerer().store();
        let note = Some("no provider");
        store.end_dial(&ordered.request, nth, DialState::Failed, note, None, None, at, self.lease_from(at)).await?;
        self.changed();
        Err(DeskError::Off)
    }
}
