'use strict';
// Calls in PostgreSQL as it is set up: a commit returns when it is on the disk. One transaction a webhook.
const { Pool } = require('pg');

const TABLES = `
CREATE TABLE IF NOT EXISTS customers (account text PRIMARY KEY, phone text NOT NULL, pin_hash text NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
  call_sid text PRIMARY KEY, phone text NOT NULL, step text NOT NULL, lang text, account text,
  verified int NOT NULL DEFAULT 0, tries int NOT NULL DEFAULT 0, started_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS events (id bigserial PRIMARY KEY, call_sid text NOT NULL, kind text NOT NULL, detail text, at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS callbacks (
  id bigserial PRIMARY KEY, call_sid text NOT NULL UNIQUE, phone text NOT NULL, account text, lang text, state text NOT NULL,
  at timestamptz NOT NULL);
`;

module.exports = function open(url) {
  const pool = new Pool({ connectionString: url, max: 10 });
  const first = async (query) => (await pool.query(query)).rows[0];

  // All of these or none.
  async function together(queries) {
    const db = await pool.connect();
    try {
      await db.query('BEGIN');
      for (const query of queries) await db.query(query);
      await db.query('COMMIT');
    } catch (error) {
      await db.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      db.release();
    }
  }
  const event = (sid, kind, detail) => ({
    name: 'event', text: 'INSERT INTO events (call_sid, kind, detail, at) VALUES ($1, $2, $3, now())', values: [sid, kind, detail],
  });
  return {
    async load(sid) {
      return first({ name: 'load', text: 'SELECT * FROM calls WHERE call_sid = $1', values: [sid] });
    },
    async pinHash(account) {
      const row = await first({ name: 'pin', text: 'SELECT pin_hash FROM customers WHERE account = $1', values: [account] });
      return row && row.pin_hash;
    },
    async begin(call, dialled) {
      await together([{
        name: 'begin',
        text: `INSERT INTO calls (call_sid, phone, step, started_at, updated_at) VALUES ($1, $2, $3, now(), now())
          ON CONFLICT (call_sid) DO UPDATE SET step = excluded.step, updated_at = now()`,
        values: [call.call_sid, call.phone, call.step],
      }, event(call.call_sid, 'started', dialled)]);
    },
    async save(call, detail, wanted) {
      const queries = [{
        name: 'save',
        text: `UPDATE calls SET step = $2, lang = $3, account = $4, verified = $5, tries = $6, updated_at = now()
          WHERE call_sid = $1`,
        values: [call.call_sid, call.step, call.lang, call.account, call.verified, call.tries],
      }, event(call.call_sid, 'step', detail)];
      if (wanted) {
        queries.push({
          name: 'callback',
          text: `INSERT INTO callbacks (call_sid, phone, account, lang, state, at) VALUES ($1, $2, $3, $4, 'open', now())
            ON CONFLICT (call_sid) DO NOTHING`,
          values: [call.call_sid, call.phone, call.account, call.lang],
        });
      }
      await together(queries);
    },
    async seed(rows) {
      await pool.query(TABLES);
      await pool.query(
        `INSERT INTO customers (account, phone, pin_hash) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
          ON CONFLICT DO NOTHING`,
        [rows.map((r) => r.account), rows.map((r) => r.phone), rows.map((r) => r.hash)],
      );
      await pool.end();
    },
  };
};
