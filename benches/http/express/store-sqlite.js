'use strict';
// Calls in SQLite: a log of writes, flushed at every commit. One transaction a webhook.
const Database = require('better-sqlite3');

const TABLES = `
CREATE TABLE IF NOT EXISTS customers (account TEXT PRIMARY KEY, phone TEXT NOT NULL, pin_hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
  call_sid TEXT PRIMARY KEY, phone TEXT NOT NULL, step TEXT NOT NULL, lang TEXT, account TEXT,
  verified INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, started_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, call_sid TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS callbacks (
  id INTEGER PRIMARY KEY, call_sid TEXT NOT NULL UNIQUE, phone TEXT NOT NULL, account TEXT, lang TEXT, state TEXT NOT NULL, at TEXT NOT NULL);
`;

module.exports = function open(file) {
  const db = new Database(file, { timeout: 10000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(TABLES);
  const call = db.prepare('SELECT * FROM calls WHERE call_sid = ?');
  const pin = db.prepare('SELECT pin_hash FROM customers WHERE account = ?').pluck();
  const insert = db.prepare(`INSERT INTO calls (call_sid, phone, step, started_at, updated_at)
    VALUES (@call_sid, @phone, @step, @now, @now)
    ON CONFLICT (call_sid) DO UPDATE SET step = excluded.step, updated_at = excluded.updated_at`);
  const update = db.prepare(`UPDATE calls SET step = @step, lang = @lang, account = @account, verified = @verified,
    tries = @tries, updated_at = @now WHERE call_sid = @call_sid`);
  const event = db.prepare('INSERT INTO events (call_sid, kind, detail, at) VALUES (?, ?, ?, ?)');
  const callback = db.prepare(`INSERT INTO callbacks (call_sid, phone, account, lang, state, at)
    VALUES (@call_sid, @phone, @account, @lang, 'open', @now) ON CONFLICT (call_sid) DO NOTHING`);
  const customer = db.prepare('INSERT OR REPLACE INTO customers (account, phone, pin_hash) VALUES (@account, @phone, @hash)');

  const begun = db.transaction((row, dialled, now) => {
    insert.run({ ...row, now });
    event.run(row.call_sid, 'started', dialled, now);
  });
  const saved = db.transaction((row, detail, wanted, now) => {
    update.run({ ...row, now });
    event.run(row.call_sid, 'step', detail, now);
    if (wanted) callback.run({ ...row, now });
  });
  return {
    async load(sid) { return call.get(sid); },
    async pinHash(account) { return pin.get(account); },
    async begin(row, dialled) { begun.immediate(row, dialled, new Date().toISOString()); },
    async save(row, detail, wanted) { saved.immediate(row, detail, wanted, new Date().toISOString()); },
    async seed(rows) { db.transaction(() => rows.forEach((row) => customer.run(row)))(); },
  };
};
