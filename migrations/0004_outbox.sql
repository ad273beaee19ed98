-- What is to be done at a provider after the caller was answered, and what agents need of calls.

-- A row per effect that sends or fetches something, written once under the effect's key. `id` is
-- what the provider knows a message's tries by, so that it sends it once. `owner` is the server
-- that is trying at this moment; `next_at` says when it is anybody's again. A refused row keeps
-- neither number nor words: only that, and why, nothing was sent.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('sms', 'code', 'recording', 'webhook')),
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line TEXT NOT NULL,
    number TEXT,
    body TEXT NOT NULL,
    test BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'parked', 'dropped', 'refused')),
    tries BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    owner TEXT,
    failed_at BIGINT,
    -- The provider's name of what was sent, or why it was not.
    note TEXT,
    at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (call_id, turn, seq, kind)
);
CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state = 'waiting';
CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX outbox_number ON outbox (number, at) WHERE number IS NOT NULL;
CREATE INDEX outbox_line ON outbox (line, at) WHERE number IS NOT NULL;
CREATE INDEX outbox_gone ON outbox (ended_at) WHERE state = 'done';

-- Messages callers left: wanted until the provider's sound lies in the object store, then kept;
-- leaving until the sound is deleted there, then the row goes too.
CREATE TABLE recordings (
    id TEXT NOT NULL PRIMARY KEY,
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line TEXT NOT NULL,
    provider TEXT NOT NULL,
    provider_recording TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    object_key TEXT,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'kept', 'trial', 'leaving')),
    test BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (call_id, turn, seq)
);
CREATE INDEX recordings_leaving ON recordings (id) WHERE state = 'leaving';

-- How long a desk rang, or a request waited, until an agent took it: what callers are told of the
-- wait. `of_id` is the call or the request.
CREATE TABLE pickups (
    of_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    skill TEXT NOT NULL,
    line TEXT NOT NULL,
    waited BIGINT NOT NULL,
    test BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (of_id, turn, seq)
);
CREATE INDEX pickups_skill ON pickups (skill, at);

CREATE TABLE scores (
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line TEXT NOT NULL,
    category TEXT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 1 AND 5),
    test BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (call_id, turn, seq)
);

-- Who is told of requests, by the names in the settings: what happens to a request puts a row for
-- each into the outbox, in the same unit of work.
CREATE TABLE hooks (
    name TEXT NOT NULL PRIMARY KEY
);
