-- What callers do, rolled up, so that a million calls are read as a few thousand rows.

-- How often something was: `what` names it (calls, edge, hung, …), `of_what` which one of it. `start` is
-- the hour or the UTC day it is of, in ms; `total` sums milliseconds where times are counted. Nothing in
-- it tells of a single person, so it stays when calls are let go of.
CREATE TABLE tallies (
    line TEXT NOT NULL,
    what TEXT NOT NULL,
    grain TEXT NOT NULL CHECK (grain IN ('hour', 'day')),
    start BIGINT NOT NULL,
    of_what TEXT NOT NULL,
    digest TEXT NOT NULL,
    lang TEXT NOT NULL,
    n BIGINT NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (line, what, grain, start, of_what, digest, lang)
);

-- When a call was taken into the tallies; none: not yet.
ALTER TABLE calls ADD COLUMN tallied_at BIGINT;
CREATE INDEX calls_untallied ON calls (ended_at) WHERE tallied_at IS NULL AND ended_at IS NOT NULL;
-- A line's calls, those with one ending, and all, the newest first: ids rise with time.
CREATE INDEX calls_line ON calls (line, id);
CREATE INDEX calls_ending ON calls (ending, id) WHERE ending IS NOT NULL;
-- What was promised on a line since a moment.
CREATE INDEX requests_filed ON requests (line, filed_at);
