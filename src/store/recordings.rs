//! Messages callers left: which there are, and where their sound lies. The sound itself is in the
//! object store (see [`super::Objects`]).

use super::engine::args;
use super::{EffectKey, Result, Store};
use crate::call::event::Recording;

/// A recording whose sound is to be fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The provider's name.
    pub provider: String,
    /// The provider's id of it.
    pub provider_recording: String,
    /// Its sound lies in the object store already.
    pub kept: bool,
}

/// Where a recording stands that was uploaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Uploading {
    /// Its sound is to be put into the object store.
    Awaited {
        /// Our id of it.
        id: String,
        /// The object's name.
        object: String,
    },
    /// It is kept under this id.
    Kept(String),
    /// It was given up, or is forgotten.
    Lost,
}

impl Store {
    /// Keeps what a caller recorded, to be fetched; gives our id of it, the same for whoever repeats
    /// the effect. A trial's is kept without sound.
    pub async fn put_recording(
        &self,
        key: &EffectKey,
        line: &str,
        recording: &Recording,
        test: bool,
        at: i64,
    ) -> Result<String> {
        let (call, turn, seq) = (key.call.as_str(), key.turn, key.seq);
        let id = uuid::Uuid::now_v7().simple().to_string();
        let state = if test { "trial" } else { "wanted" };
        let mut tx = self.engine.begin().await?;
        let sql = "INSERT INTO recordings (id, call_id, turn, seq, line, provider, provider_recording, seconds, state,
                test, at)
            SELECT $1, $2, $3, $4, $5, coalesce((SELECT provider FROM calls WHERE id = $2), ''), $6, $7, $8, $9, $10
            ON CONFLICT (call_id, turn, seq) DO NOTHING";
        let row = args![&id, call, turn, seq, line, &recording.id, recording.seconds, state, test, at];
        if tx.run(sql, row).await? == 0 {
            let sql = "SELECT id FROM recordings WHERE call_id = $1 AND turn = $2 AND seq = $3";
            let first = tx.first::<(String,)>(sql, args![call, turn, seq]).await?;
            tx.undo().await?;
            return Ok(first.map_or(id, |(id,)| id));
        }
        if !test {
            let sql = "INSERT INTO outbox (id, kind, call_id, turn, seq, line, body, test, state, next_at, at)
                VALUES ($1, 'recording', $2, $3, $4, $5, $1, FALSE, 'waiting', $6, $6)";
            tx.run(sql, args![&id, call, turn, seq, line, at]).await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Keeps what a caller recorded and a provider uploaded; gives where it stands, the same for whoever
    /// repeats the effect. Where its sound will lie is written down before it lies there, so that whoever
    /// is forgotten meanwhile leaves none behind.
    pub async fn upload_recording(
        &self,
        key: &EffectKey,
        line: &str,
        recording: &Recording,
        at: i64,
    ) -> Result<Uploading> {
        let (call, turn, seq) = (key.call.as_str(), key.turn, key.seq);
        let id = uuid::Uuid::now_v7().simple().to_string();
        let object = format!("{id}.wav");
        let sql = "INSERT INTO recordings (id, call_id, turn, seq, line, provider, provider_recording, seconds,
                object_key, state, test, at)
            SELECT $1, $2, $3, $4, $5, coalesce((SELECT provider FROM calls WHERE id = $2), ''), '', $6, $7,
                'wanted', FALSE, $8
            ON CONFLICT (call_id, turn, seq) DO NOTHING";
        let row = args![&id, call, turn, seq, line, recording.seconds, &object, at];
        if self.engine.run(sql, row).await? == 1 {
            return Ok(Uploading::Awaited { id, object });
        }
        let sql = "SELECT id, object_key, state FROM recordings WHERE call_id = $1 AND turn = $2 AND seq = $3";
        let first = self.engine.first::<(String, Option<String>, String)>(sql, args![call, turn, seq]).await?;
        Ok(match first {
            Some((id, Some(object), state)) if state == "wanted" => Uploading::Awaited { id, object },
            Some((id, _, state)) if state != "leaving" => Uploading::Kept(id),
            _ => Uploading::Lost,
        })
    }

    /// The sound of an upload cannot be kept: what there may be of it goes. False when it lies there.
    pub async fn lose_recording(&self, id: &str) -> Result<bool> {
        let sql = "UPDATE recordings SET state = 'leaving' WHERE id = $1 AND state = 'wanted'";
        Ok(self.engine.run(sql, args![id]).await? == 1)
    }

    /// The recording of an id, while it is wanted.
    pub async fn wanted_recording(&self, id: &str) -> Result<Option<Wanted>> {
        let sql = "SELECT provider, provider_recording, state = 'kept' FROM recordings
            WHERE id = $1 AND state IN ('wanted', 'kept')";
        let row = self.engine.first::<(String, String, bool)>(sql, args![id]).await?;
        Ok(row.map(|(provider, provider_recording, kept)| Wanted { provider, provider_recording, kept }))
    }

    /// Its sound is about to lie under `object`: said before it is put there, so that whoever is
    /// forgotten meanwhile leaves none behind. False when it is not wanted any more.
    pub async fn recording_goes_to(&self, id: &str, object: &str) -> Result<bool> {
        let sql = "UPDATE recordings SET object_key = $2 WHERE id = $1 AND state = 'wanted'";
        Ok(self.engine.run(sql, args![id, object]).await? == 1)
    }

    /// Its sound lies in the object store. False when it is not wanted any more: then the sound goes.
    pub async fn recording_kept(&self, id: &str) -> Result<bool> {
        let sql = "UPDATE recordings SET state = 'kept' WHERE id = $1 AND state IN ('wanted', 'kept')";
        Ok(self.engine.run(sql, args![id]).await? == 1)
    }

    /// Where the sound of a recording lies; none when there is none.
    pub async fn recording_object(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT object_key FROM recordings WHERE id = $1 AND state = 'kept'";
        Ok(self.engine.first::<(Option<String>,)>(sql, args![id]).await?.and_then(|(key,)| key))
    }

    /// Recordings that are to go, with where their sound lies, if it does.
    pub async fn leaving_recordings(&self, limit: u32) -> Result<Vec<(String, Option<String>)>> {
        let sql = "SELECT id, object_key FROM recordings WHERE state = 'leaving' ORDER BY id LIMIT $1";
        self.engine.rows(sql, args![limit]).await
    }

    /// Their sound is gone, and the row with it.
    pub async fn forget_recording(&self, id: &str) -> Result<()> {
        self.engine.run("DELETE FROM recordings WHERE id = $1 AND state = 'leaving'", args![id]).await?;
        Ok(())
    }
}
