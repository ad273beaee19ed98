-- What admins change before callers hear it, and every version that was ever published.

-- A flow's draft: changed texts by file, as JSON, over the live version it began on. `rev` counts what
-- was done to it and never begins again, so that whoever saves tells by it whether somebody else did.
CREATE TABLE drafts (
    flow TEXT NOT NULL PRIMARY KEY,
    base TEXT NOT NULL,
    files TEXT NOT NULL,
    -- The stories that counted when it began to change them, by file, as JSON.
    over_stories TEXT NOT NULL,
    rev BIGINT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- The history of a flow, numbered from 1. waiting: for an admin's approval; scheduled: for its moment;
-- trial: some new calls get it; out: all new calls got it, until another one was; stopped: the trial
-- was; withdrawn: by hand, before it was out; failed: another one went out before it, over whose base it
-- was not written;
-- beside: came with files when what was live had come from the studio.
CREATE TABLE releases (
    id TEXT NOT NULL PRIMARY KEY,
    flow TEXT NOT NULL,
    number BIGINT NOT NULL,
    digest TEXT NOT NULL,
    -- What must be live for it to go out; none: it was the first.
    base TEXT,
    -- The release it came with: a shared file changes several flows at once.
    part_of TEXT NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('waiting', 'scheduled', 'trial', 'out', 'stopped', 'withdrawn', 'failed', 'beside')),
    due BIGINT,
    -- Of new calls, and how many more of them may go wrong than of the others, in percentage points.
    percent BIGINT,
    margin BIGINT,
    -- What of it needs a second admin, in words parted by spaces.
    protected TEXT NOT NULL,
    approved_by TEXT,
    approved_at BIGINT,
    -- When it began to be heard.
    out_at BIGINT,
    ended_by TEXT,
    ended_at BIGINT,
    -- Why it ended: in somebody's words, and what was counted, as JSON.
    why TEXT,
    counted TEXT,
    -- The `part_of` of what went out instead, while it waited.
    overtaken_by TEXT,
    UNIQUE (flow, number)
);
CREATE INDEX releases_part ON releases (part_of);
CREATE INDEX releases_due ON releases (due) WHERE state = 'scheduled';

-- Which release the live version is, and the version some of the new calls get instead.
ALTER TABLE live_flows ADD COLUMN release_id TEXT;
ALTER TABLE live_flows ADD COLUMN trial TEXT;
ALTER TABLE live_flows ADD COLUMN trial_release TEXT;
ALTER TABLE live_flows ADD COLUMN percent BIGINT;

-- The version that was last read from files.
CREATE TABLE disk_flows (
    name TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Stories published here. `disk` is the SHA-256 of the file they stand for; none: there was none.
CREATE TABLE stories (
    flow TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    disk TEXT,
    at BIGINT NOT NULL
);

-- Those of a release: they count as soon as all new calls get it. A text of none: those on disk count again.
-- `over_text` is what counted when they were written; none: there was none, or it was taken back.
CREATE TABLE release_stories (
    part_of TEXT NOT NULL,
    flow TEXT NOT NULL,
    text TEXT,
    disk TEXT,
    over_text TEXT,
    PRIMARY KEY (part_of, flow)
);

-- The caller came to where a person is asked for.
ALTER TABLE calls ADD COLUMN person BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX calls_digest ON calls (digest, began_at);
