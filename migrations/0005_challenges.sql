-- One-time codes and what else proves a caller. A code stands nowhere: it follows from the id of its
-- challenge and a key outside the database.

CREATE TABLE challenges (
    id TEXT NOT NULL PRIMARY KEY,
    -- As typed, existing or not.
    account TEXT NOT NULL,
    line TEXT NOT NULL,
    test BOOLEAN NOT NULL,
    lang TEXT NOT NULL,
    call_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- None: another one of the account had just been sent, so nobody knows this one's code.
    sent_at BIGINT,
    -- The effect that had it sent last: it may not have come to handing it over.
    sent_by TEXT,
    tries BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX challenges_account ON challenges (account, created_at);
CREATE INDEX challenges_call ON challenges (call_id);

-- What was guessed at: a success forgives failures of its own kind.
ALTER TABLE attempts ADD COLUMN guess TEXT NOT NULL DEFAULT 'pin';

-- What birth date and identity document are compared with, as `pin` is for PINs.
ALTER TABLE customers ADD COLUMN knowledge TEXT;
CREATE INDEX customers_knowledge ON customers (account) WHERE knowledge IS NOT NULL;
CREATE INDEX customers_slow_knowledge ON customers (account) WHERE substr(knowledge, 1, 12) <> 'hmac-sha256:';
