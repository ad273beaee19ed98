-- People who sign in: agents, supervisors, admins; and what they prove themselves by. Passwords are
-- argon2id PHC strings; of everything else that proves somebody only the SHA-256 lies here.

CREATE TABLE people (
    -- What they sign in with, and what histories call them: never changed, never given twice.
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
    -- None: they have not signed in yet.
    password TEXT,
    -- JSON lists; empty means all.
    languages TEXT NOT NULL,
    skills TEXT NOT NULL,
    -- Where their phone rings: E.164 or sip:.
    phone TEXT,
    -- IANA name of the time zone they work in.
    zone TEXT,
    -- The language of the pages.
    page_language TEXT,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    at BIGINT NOT NULL
);

-- A link to sign in once and choose a password.
CREATE TABLE invitations (
    hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (name),
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_person ON invitations (person);

CREATE TABLE sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (name),
    -- What they came with: the browser's own words.
    browser TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);

-- For programs. `id` names one in lists, `label` says what it is for.
CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (name),
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX tokens_person ON tokens (person);

-- Tries to sign in that may have been guesses, by what is limited: a name as typed, an address.
CREATE TABLE sign_ins (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_ins_name ON sign_ins (name, at);
CREATE INDEX sign_ins_address ON sign_ins (address, at);

-- What programs were answered under their own keys, so that a repeated request is answered the same.
CREATE TABLE idempotency (
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    -- SHA-256 of method, path and body: another request under the same key is refused.
    request TEXT NOT NULL,
    -- None while it is being answered.
    status BIGINT,
    body TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
