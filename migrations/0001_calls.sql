-- Read by SQLite and PostgreSQL alike: TEXT, BIGINT and BOOLEAN only, ids are text made by us,
-- times are milliseconds since 1970, JSON is text that no statement looks into.
-- A migration works with the code before it and after it, and is never edited once released.

-- A row per call, written when it begins and when it ends. No foreign keys between the rows of a
-- call: the writer puts them down in one transaction, and the tables can be spread by call id.
CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    provider_call TEXT NOT NULL,
    line TEXT NOT NULL,
    digest TEXT NOT NULL,
    dialled TEXT NOT NULL,
    caller TEXT,
    test BOOLEAN NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    ending TEXT
);
CREATE INDEX calls_caller ON calls (caller, began_at) WHERE caller IS NOT NULL;
CREATE INDEX calls_open ON calls (began_at) WHERE ended_at IS NULL;

-- Which call of ours a provider's call is: the first thing that is written of it, so that whoever is
-- handed its first webhook, again or at once, goes on under the same id.
CREATE TABLE provider_calls (
    provider_call TEXT NOT NULL,
    provider TEXT NOT NULL,
    call_id TEXT NOT NULL,
    PRIMARY KEY (provider_call, provider)
);

-- Everything that ever happened to a call, appended and never changed. `version` counts events,
-- `turn` counts documents, `entry` tells which of two racing writers won.
CREATE TABLE turns (
    call_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    turn BIGINT,
    entry BIGINT NOT NULL,
    event TEXT NOT NULL,
    answers TEXT NOT NULL,
    state TEXT NOT NULL,
    trail TEXT NOT NULL,
    document TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (call_id, version)
);

-- Answers of effects too slow for the turn that asked.
CREATE TABLE answers (
    call_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (call_id, turn, seq)
);

-- Every version of a flow that ever took a call, by the digest of its files.
CREATE TABLE flows (
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    files TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (name, digest)
);
CREATE INDEX flows_digest ON flows (digest);

CREATE TABLE live_flows (
    name TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    FOREIGN KEY (name, digest) REFERENCES flows (name, digest)
);

-- Things done once in the life of the database.
CREATE TABLE once (
    name TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- One row that readiness writes, to see that writing works.
CREATE TABLE pulse (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    filler TEXT NOT NULL
);
