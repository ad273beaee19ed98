-- Customers and the tables lookups and acts work on, and who may still try.

CREATE TABLE customers (
    account TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    number TEXT,
    language TEXT,
    pin TEXT,
    state TEXT NOT NULL,
    fields TEXT NOT NULL,
    -- The state the last import brought, and what an act set since, as JSON: this stands until an
    -- import brings another state.
    imported_state TEXT NOT NULL,
    held TEXT,
    demo BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Whether there is a verifier that takes long to compare with.
CREATE INDEX customers_slow_pin ON customers (account) WHERE substr(pin, 1, 12) <> 'hmac-sha256:';

-- A key of several arguments is joined with `/`; the row `*` answers every key not found.
CREATE TABLE records (
    table_name TEXT NOT NULL,
    record_key TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (table_name, record_key)
);

-- The row a unit of work locks before it counts: one per account, caller, line or customer.
CREATE TABLE subjects (
    key TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- One row per guess at a secret, charged before anything is compared. `account` is what was typed,
-- existing or not. A withheld caller is charged to the line.
CREATE TABLE attempts (
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    account TEXT,
    caller TEXT,
    line TEXT NOT NULL,
    at BIGINT NOT NULL,
    owner TEXT NOT NULL,
    claimed_at BIGINT NOT NULL,
    outcome TEXT,
    limited BOOLEAN NOT NULL DEFAULT FALSE,
    alarm BOOLEAN NOT NULL DEFAULT FALSE,
    charged_call BOOLEAN NOT NULL,
    charged_account BOOLEAN NOT NULL,
    charged_caller BOOLEAN NOT NULL,
    PRIMARY KEY (call_id, turn, seq)
);
CREATE INDEX attempts_account ON attempts (account, at) WHERE charged_account;
CREATE INDEX attempts_caller ON attempts (caller, at) WHERE charged_caller;
CREATE INDEX attempts_withheld ON attempts (line, at) WHERE caller IS NULL;

-- What was done to a table's rows, one row per effect.
CREATE TABLE acts (
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    record_key TEXT NOT NULL,
    outcome TEXT NOT NULL,
    account TEXT,
    caller TEXT,
    counted BOOLEAN NOT NULL DEFAULT FALSE,
    -- Undone since: counts towards the caller's limit, no longer towards the account's.
    undone BOOLEAN NOT NULL DEFAULT FALSE,
    at BIGINT NOT NULL,
    PRIMARY KEY (call_id, turn, seq)
);
CREATE INDEX acts_account ON acts (account, at) WHERE counted;
CREATE INDEX acts_caller ON acts (caller, at) WHERE counted;

-- What a caller chose before, by number, and where a call broke off.
CREATE TABLE preferences (
    number TEXT NOT NULL PRIMARY KEY,
    language TEXT,
    slow BOOLEAN NOT NULL DEFAULT FALSE,
    bookmark TEXT,
    bookmark_at BIGINT,
    at BIGINT NOT NULL
);

-- What callers are told of at once: an outage, a holiday. No line means every line.
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    line TEXT,
    texts TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT
);
