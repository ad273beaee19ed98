//! Customers: what is registered for an account. Where a wallet's own core keeps them these rows
//! stay empty.

use super::engine::args;
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
    /// `active`, `frozen` or whatever the wallet calls it.
    pub state: String,
    /// Everything else, by name.
    pub fields: BTreeMap<String, String>,
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

type CustomerRow = (String, String, Option<String>, Option<String>, Option<String>, String, String);

impl Store {
    /// What is registered for an account.
    pub async fn customer(&self, account: &str) -> Result<Option<Customer>> {
        let sql = "SELECT account, name, number, language, pin, state, fields FROM customers WHERE account = $1";
        let row: Option<CustomerRow> = self.engine.first(sql, args![account]).await?;
        row.map(|(account, name, number, language, pin, state, fields)| {
            let fields = fields_of(&fields, &account)?;
            Ok(Customer { account, name, number, language, pin: pin.map(Secret::new), state, fields })
        })
        .transpose()
    }

    /// Writes customers, all or none, as they are given. Hand in a few hundred at a time: nobody
    /// else writes to a SQLite file meanwhile.
    pub async fn import_customers(&self, customers: &[Customer], at: i64) -> Result<Imported> {
        let mut sorted: Vec<&Customer> = customers.iter().collect();
        // Two imports that meet never wait for each other's rows.
        sorted.sort_by(|a, b| a.account.cmp(&b.account));
        let mut done = Imported::default();
        let mut tx = self.engine.begin().await?;
        for customer in sorted {
            let pin = customer.pin.as_ref().map(Secret::reveal);
            let fields = text_of(&customer.fields)?;
            let values = || {
                args![
                    &customer.account,
                    &customer.name,
                    &customer.number,
                    &customer.language,
                    pin,
                    &customer.state,
                    &fields,
                    at,
                ]
            };
            let insert = "INSERT INTO customers (account, name, number, language, pin, state, fields, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account) DO NOTHING";
            let update = "UPDATE customers SET name = $2, number = $3, language = $4, pin = $5, state = $6,
                    fields = $7, updated_at = $8
                WHERE account = $1 AND (name <> $2 OR number IS DISTINCT FROM $3 OR language IS DISTINCT FROM $4
                    OR pin IS DISTINCT FROM $5 OR state <> $6 OR fields <> $7)";
            if tx.run(insert, values()).await? == 1 {
                done.new += 1;
            } else if tx.run(update, values()).await? == 1 {
                done.changed += 1;
            } else {
                done.same += 1;
            }
        }
        tx.commit().await?;
        Ok(done)
    }

    /// What some customer's PIN is compared with: tells which kind is in use, so that an account
    /// that does not exist can take as long as one that does.
    pub async fn any_pin(&self) -> Result<Option<Secret>> {
        let row = self.engine.first::<(String,)>("SELECT pin FROM customers WHERE pin IS NOT NULL LIMIT 1", args![]);
        Ok(row.await?.map(|(pin,)| Secret::new(pin)))
    }
}

/// The fields of a row of `key` from their JSON.
pub(super) fn fields_of(text: &str, key: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(text).map_err(|e| StoreError::Damaged(format!("fields of {key}: {e}")))
}

/// The JSON of a row's fields, always the same for the same fields.
pub(super) fn text_of(fields: &BTreeMap<String, String>) -> Result<String> {
    serde_json::to_string(fields).map_err(|e| StoreError::Damaged(format!("fields: {e}")))
}
