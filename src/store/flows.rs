//! Versions of flows: a call stays on the one it began with, so every one that ever took a call is
//! kept.

use super::engine::args;
use super::{Result, Store};

impl Store {
    /// Keeps a version of a flow; keeping it again does nothing. `files` is JSON of name and text.
    pub async fn keep_flow(&self, name: &str, digest: &str, files: &str, at: i64) -> Result<()> {
        let sql = "INSERT INTO flows (name, digest, files, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name, digest) DO NOTHING";
        self.engine.run(sql, args![name, digest, files, at]).await?;
        Ok(())
    }

    /// The files of a version.
    pub async fn flow(&self, digest: &str) -> Result<Option<String>> {
        let row = self.engine.first::<(String,)>("SELECT files FROM flows WHERE digest = $1", args![digest]);
        Ok(row.await?.map(|(files,)| files))
    }

    /// Makes a kept version the one new calls begin with. A version that was never kept is refused
    /// with an error.
    pub async fn set_live(&self, name: &str, digest: &str, at: i64) -> Result<()> {
        let sql = "INSERT INTO live_flows (name, digest, at) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, at = excluded.at";
        self.engine.run(sql, args![name, digest, at]).await?;
        Ok(())
    }

    /// Takes a version out of service; does nothing when another one is in service by now. It is kept
    /// for the calls that are on it.
    pub async fn retire(&self, name: &str, digest: &str) -> Result<()> {
        self.engine.run("DELETE FROM live_flows WHERE name = $1 AND digest = $2", args![name, digest]).await?;
        Ok(())
    }

    /// Name and digest of every live flow, by name.
    pub async fn live(&self) -> Result<Vec<(String, String)>> {
        self.engine.rows("SELECT name, digest FROM live_flows ORDER BY name", args![]).await
    }
}
