-- Numbers that admins made lines of, beside those of the settings; which win. `rev` grows with every
-- change, so that nobody's is overwritten unseen.
CREATE TABLE lines (
    -- E.164, with its plus.
    number TEXT NOT NULL PRIMARY KEY,
    flow TEXT NOT NULL,
    -- The provider it was set up at; none: any that is on.
    provider TEXT,
    -- JSON: voices by provider and language.
    voices TEXT NOT NULL,
    rev BIGINT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- When a number was last called, by provider.
CREATE INDEX calls_dialled ON calls (dialled, provider, began_at);

-- Recordings that were uploaded, by the name flows play them under. The sound lies with the other
-- recordings, under the same digest.
CREATE TABLE prompts (
    -- As `studio/3f2a….wav`.
    name TEXT NOT NULL PRIMARY KEY,
    object TEXT NOT NULL,
    -- What is spoken in it, and in which language.
    words TEXT NOT NULL,
    language TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    millis BIGINT NOT NULL,
    who TEXT NOT NULL,
    at BIGINT NOT NULL
);
