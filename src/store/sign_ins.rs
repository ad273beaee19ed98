//! Limits on signing in. A try is charged to the name as typed, existing or not, and to the address
//! it comes from, before any password is compared: so a hundred at once get no more guesses than one.

use super::engine::args;
use super::proofs::digest;
use super::{Result, Store};

/// How far back tries count, in ms.
const WINDOW: i64 = 15 * 60_000;
/// Failures borne in that time.
const PER_NAME: i64 = 10;
const PER_ADDRESS: i64 = 30;

/// What to do with a try to sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignIn {
    /// It is charged: compare the password.
    Compare,
    /// It is above a limit, and nothing may be compared.
    Limited,
}

impl Store {
    /// Charges a try to sign in with a name as typed from an address.
    pub async fn claim_sign_in(&self, name: &str, address: &str, at: i64) -> Result<SignIn> {
        // Some type their password where the name belongs, so not even that is kept as it is.
        let (id, name) = (uuid::Uuid::now_v7().simple().to_string(), digest(name));
        let mut tx = self.engine.begin().await?;
        let sql = "INSERT INTO sign_ins (id, name, address, at) VALUES ($1, $2, $3, $4)";
        tx.run(sql, args![&id, &name, address, at]).await?;
        tx.lock_subjects(vec![format!("sign-in:{name}"), format!("sign-in from:{address}")], at).await?;
        let of_name = "SELECT count(*) FROM sign_ins WHERE name = $1 AND at > $2";
        let of_address = "SELECT count(*) FROM sign_ins WHERE address = $1 AND at > $2";
        let limited = tx.count(of_name, args![&name, at - WINDOW]).await? > PER_NAME
            || tx.count(of_address, args![address, at - WINDOW]).await? > PER_ADDRESS;
        if limited {
            // Trying on does not lengthen the wait.
            tx.run("DELETE FROM sign_ins WHERE id = $1", args![&id]).await?;
        }
        tx.commit().await?;
        Ok(if limited { SignIn::Limited } else { SignIn::Compare })
    }

    /// Forgives what was charged to a name from an address: somebody there knew the password.
    pub async fn forgive_sign_in(&self, name: &str, address: &str) -> Result<()> {
        let sql = "DELETE FROM sign_ins WHERE name = $1 AND address = $2";
        self.engine.run(sql, args![digest(name), address]).await?;
        Ok(())
    }
}
