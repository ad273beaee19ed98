-- What everybody did, in order and without a gap. Rows are added and never changed, but that the texts of
-- somebody who is to be forgotten are taken out: `chain` goes over their salted digests, so that it stays
-- whole, and `erased` proves that it was us.
CREATE TABLE log (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    -- The address they came from.
    place TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    before_text TEXT,
    after_text TEXT,
    salt TEXT NOT NULL,
    before_digest TEXT NOT NULL,
    after_digest TEXT NOT NULL,
    chain TEXT NOT NULL,
    erased TEXT
);

-- The last of them. Whoever adds one writes here first, and so waits for its turn.
CREATE TABLE log_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    chain TEXT NOT NULL,
    mac TEXT NOT NULL
);
INSERT INTO log_head (id, seq, chain, mac) VALUES (1, 0, '', '');

-- Notices are put, switched off and on, and may close a line: a new call then hears them and nothing else.
ALTER TABLE notices ADD COLUMN is_on BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE notices ADD COLUMN closes BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE notices ADD COLUMN by_whom TEXT;
ALTER TABLE notices ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
