-- What agents must do for customers.

-- `customer` says who asks and how we know: a: a verified account, n: a number, r: an account as
-- typed, c: a call. Verified and unverified asks can therefore never meet in one row. `contact` is
-- what the daily limit counts: the same letters and the number to ring, else the caller's; for an
-- account as typed the caller's, or w: and the line; urgent requests apart.
CREATE TABLE requests (
    id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    customer TEXT NOT NULL,
    account TEXT,
    number TEXT,
    caller TEXT,
    contact TEXT,
    lang TEXT NOT NULL,
    skill TEXT NOT NULL,
    priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 3),
    level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
    verified_at BIGINT,
    collected TEXT NOT NULL,
    ring_window TEXT,
    due BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'done', 'closed')),
    asked BIGINT NOT NULL,
    line TEXT NOT NULL,
    call_id TEXT NOT NULL,
    test BOOLEAN NOT NULL,
    filed_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Not to be rung before: a window begins then, or the next attempt is due.
    ready_at BIGINT NOT NULL,
    -- Attempts made, and how many in a row reached nobody.
    attempts BIGINT NOT NULL DEFAULT 0,
    misses BIGINT NOT NULL DEFAULT 0,
    -- Who has it, by sign-in name, and until when unless they go on working on it.
    holder TEXT,
    lease_until BIGINT,
    -- Counts changes: whoever watches tells by it what is new.
    version BIGINT NOT NULL DEFAULT 1,
    -- Why it was closed, or how it was done.
    reason TEXT,
    -- When and by whom it was done or closed.
    ended_at BIGINT,
    ended_by TEXT,
    CHECK ((state = 'claimed') = (holder IS NOT NULL AND lease_until IS NOT NULL))
);
-- One open request per customer and topic; trial calls have their own.
CREATE UNIQUE INDEX requests_open ON requests (customer, topic, test) WHERE state IN ('open', 'claimed');
CREATE INDEX requests_customer ON requests (customer, filed_at);
CREATE INDEX requests_contact ON requests (contact, filed_at);
CREATE INDEX requests_state ON requests (state);
CREATE INDEX requests_account ON requests (account) WHERE account IS NOT NULL;
CREATE INDEX requests_number ON requests (number) WHERE number IS NOT NULL;
-- In the order they are taken, with all that agents' filters ask, so that thousands are looked
-- through in the index alone.
CREATE INDEX requests_waiting ON requests (priority, due, id, ready_at, lang, skill, test, topic, line)
    WHERE state = 'open';
CREATE INDEX requests_held ON requests (holder) WHERE state = 'claimed';
CREATE INDEX requests_lease ON requests (lease_until) WHERE state = 'claimed';
CREATE INDEX requests_changed ON requests (updated_at);

CREATE TABLE request_events (
    request_id TEXT NOT NULL REFERENCES requests (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (request_id, seq)
);

-- The answer each effect got, so that a repeated turn gets the same.
CREATE TABLE filings (
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    request_id TEXT,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (call_id, turn, seq)
);
CREATE INDEX filings_request ON filings (request_id) WHERE request_id IS NOT NULL;

-- Every time a customer was called, or an agent's phone rang to call one. `nth` is the dial token:
-- whoever presses twice finds the row. An outcome is said once.
CREATE TABLE dials (
    request_id TEXT NOT NULL REFERENCES requests (id),
    nth BIGINT NOT NULL,
    person TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('bridge', 'hand', 'trial')),
    number TEXT,
    state TEXT NOT NULL CHECK (state IN ('ordered', 'agent', 'customer', 'talking', 'over', 'failed')),
    provider TEXT,
    provider_call TEXT,
    -- Why it failed.
    note TEXT,
    talked BIGINT,
    -- What the provider told, until somebody says it.
    outcome TEXT,
    said_by TEXT,
    at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (request_id, nth)
);
CREATE INDEX dials_running ON dials (at) WHERE state NOT IN ('over', 'failed');
