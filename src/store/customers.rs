//! Customers: what is registered for an account. Where a wallet's own core keeps them these rows
//! stay empty.

use super::engine::{Arg, Tx, args};
use super::{Result, Store, StoreError};
use crate::words::Secret;
use std::collections::BTreeMap;

/// What is registered for an account.
#[derive(Clone)]
pub struct Customer {
    /// The account.
    pub account: String,
    /// What the customer is called, per their own record.
    pub name: String,
    /// The registered number, E.164.
    pub number: Option<String>,
    /// The preferred language, a tag.
    pub language: Option<String>,
    /// What a PIN is compared with, never the PIN.
    pub pin: Option<Secret>,
    /// What birth date and identity document are compared with, never they themselves.
    pub knowledge: Option<Secret>,
    /// `active`, `frozen` or whatever the wallet calls it.
    pub state: String,
    /// Everything else, by name.
    pub fields: BTreeMap<String, String>,
    /// One of the demo's, whose PIN everybody may read: nobody outside the demo.
    pub demo: bool,
}

/// What an import did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// Accounts not there before.
    pub new: u64,
    /// Accounts that were different.
    pub changed: u64,
    /// Accounts that were there just so.
    pub same: u64,
}

type CustomerRow =
    (String, String, Option<String>, Option<String>, Option<String>, Option<String>, String, String, bool);

impl Store {
    /// What is registered for an account.
    pub async fn customer(&self, account: &str) -> Result<Option<Customer>> {
        let sql = "SELECT account, name, number, language, pin, knowledge, state, fields, demo FROM customers
            WHERE account = $1";
        let row: Option<CustomerRow> = self.engine.first(sql, args![account]).await?;
        row.map(|(account, name, number, language, pin, knowledge, state, fields, demo)| {
            let fields = fields_of(&fields, &account)?;
            let (pin, knowledge) = (pin.map(Secret::new), knowledge.map(Secret::new));
            Ok(Customer { account, name, number, language, pin, knowledge, state, fields, demo })
        })
        .transpose()
    }

    /// Writes customers, all or none, as they are given; what an act did to an account stands until
    /// a state comes that is not the one that came last. Hand in a few hundred at a time: nobody
    /// else writes to a SQLite file meanwhile. Demo customers take no real one's place.
    pub async fn import_customers(&self, customers: &[Customer], at: i64) -> Result<Imported> {
        let mut sorted: Vec<&Customer> = customers.iter().collect();
        // Two imports that meet never wait for each other's rows.
        sorted.sort_by(|a, b| a.account.cmp(&b.account));
        let mut done = Imported::default();
        let mut tx = self.engine.begin().await?;
        for customer in sorted {
            let insert = "INSERT INTO customers (account, name, number, language, pin, state, fields, imported_state,
                    held, demo, knowledge, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (account) DO NOTHING";
            if tx.run(insert, with(values(customer, &Kept::nothing(customer))?, at)).await? == 1 {
                done.new += 1;
            } else if import_again(&mut tx, customer, at).await? {
                done.changed += 1;
            } else {
                done.same += 1;
            }
        }
        tx.commit().await?;
        Ok(done)
    }

    /// What some customer's PIN is compared with, one that takes long if there is any: tells which
    /// kind is in use, so that every account, existing or not, can take as long as the slowest.
    pub async fn any_pin(&self) -> Result<Option<Secret>> {
        // Two statements, so that each finds its row through an index or at once.
        let slow = "SELECT pin FROM customers WHERE substr(pin, 1, 12) <> 'hmac-sha256:' LIMIT 1";
        let any = "SELECT pin FROM customers WHERE pin IS NOT NULL LIMIT 1";
        let row = match self.engine.first::<(String,)>(slow, args![]).await? {
            Some(row) => Some(row),
            None => self.engine.first::<(String,)>(any, args![]).await?,
        };
        Ok(row.map(|(pin,)| Secret::new(pin)))
    }

    /// The same of what birth dates and identity documents are compared with.
    pub async fn any_knowledge(&self) -> Result<Option<Secret>> {
        let slow = "SELECT knowledge FROM customers WHERE substr(knowledge, 1, 12) <> 'hmac-sha256:' LIMIT 1";
        let any = "SELECT knowledge FROM customers WHERE knowledge IS NOT NULL LIMIT 1";
        let row = match self.engine.first::<(String,)>(slow, args![]).await? {
            Some(row) => Some(row),
            None => self.engine.first::<(String,)>(any, args![]).await?,
        };
        Ok(row.map(|(knowledge,)| Secret::new(knowledge)))
    }
}

/// State and fields a row is to have after an import.
struct Kept {
    state: String,
    fields: BTreeMap<String, String>,
    /// What an act set that still stands, as JSON.
    held: Option<String>,
}

impl Kept {
    /// All as imported.
    fn nothing(customer: &Customer) -> Kept {
        Kept { state: customer.state.clone(), fields: customer.fields.clone(), held: None }
    }
}

/// Writes a customer over the row there is; whether it changed.
async fn import_again(tx: &mut Tx, customer: &Customer, at: i64) -> Result<bool> {
    // Holds the row to the end if there is anything to decide about it.
    let hold = "UPDATE customers SET updated_at = updated_at
        WHERE account = $1 AND (demo OR NOT $10) AND (held IS NOT NULL OR name <> $2 OR number IS DISTINCT FROM $3
            OR language IS DISTINCT FROM $4 OR pin IS DISTINCT FROM $5 OR state <> $6 OR fields <> $7
            OR imported_state <> $8 OR held IS DISTINCT FROM $9 OR demo <> $10 OR knowledge IS DISTINCT FROM $11)
        RETURNING state, imported_state, held, demo";
    let mut kept = Kept::nothing(customer);
    let row = tx.first::<(String, String, Option<String>, bool)>(hold, values(customer, &kept)?).await?;
    let Some((state, imported_state, held, demo)) = row else { return Ok(false) };
    // What was done to a demo customer was not done to a real one.
    if let Some(held) = held.filter(|_| demo == customer.demo) {
        if imported_state == customer.state {
            kept.fields.extend(fields_of(&held, &customer.account)?);
            kept.fields.remove("state");
            kept = Kept { state, held: Some(held), ..kept };
        } else {
            let sql = "UPDATE acts SET undone = TRUE WHERE account = $1 AND counted";
            tx.run(sql, args![&customer.account]).await?;
        }
    }
    let update = "UPDATE customers SET name = $2, number = $3, language = $4, pin = $5, state = $6, fields = $7,
            imported_state = $8, held = $9, demo = $10, knowledge = $11, updated_at = $12
        WHERE account = $1 AND (name <> $2 OR number IS DISTINCT FROM $3 OR language IS DISTINCT FROM $4
            OR pin IS DISTINCT FROM $5 OR state <> $6 OR fields <> $7 OR imported_state <> $8
            OR held IS DISTINCT FROM $9 OR demo <> $10 OR knowledge IS DISTINCT FROM $11)";
    Ok(tx.run(update, with(values(customer, &kept)?, at)).await? == 1)
}

/// The columns of a row in the order of the statements above, all but the last.
fn values(customer: &Customer, kept: &Kept) -> Result<Vec<Arg>> {
    Ok(args![
        &customer.account,
        &customer.name,
        &customer.number,
        &customer.language,
        customer.pin.as_ref().map(Secret::reveal),
        &kept.state,
        text_of(&kept.fields)?,
        &customer.state,
        &kept.held,
        customer.demo,
        customer.knowledge.as_ref().map(Secret::reveal),
    ])
}

fn with(mut values: Vec<Arg>, at: i64) -> Vec<Arg> {
    values.push(at.into());
    values
}

/// The fields of a row of `key` from their JSON.
pub(super) fn fields_of(text: &str, key: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(text).map_err(|e| StoreError::Damaged(format!("fields of {key}: {e}")))
}

/// The JSON of a row's fields, always the same for the same fields.
pub(super) fn text_of(fields: &BTreeMap<String, String>) -> Result<String> {
    serde_json::to_string(fields).map_err(|e| StoreError::Damaged(format!("fields: {e}")))
}
