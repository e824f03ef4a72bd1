-- Plain SQL that SQLite and PostgreSQL take alike: times are microseconds since
-- 1970 (0: none), flags 0 or 1, lists JSON, digests hexadecimal.

-- +goose Up
CREATE TABLE counters (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('user_number', 0);
INSERT INTO counters (name, value) VALUES ('revocation_seq', 0);

CREATE TABLE users (
    subject    TEXT     NOT NULL PRIMARY KEY,
    number     BIGINT   NOT NULL UNIQUE,
    login      TEXT     NOT NULL,
    login_key  TEXT     NOT NULL UNIQUE, -- trimmed, without case
    email      TEXT     NOT NULL,
    email_key  TEXT     UNIQUE,          -- NULL: no address
    nicename   TEXT     NOT NULL,
    display    TEXT     NOT NULL,
    first_name TEXT     NOT NULL,
    last_name  TEXT     NOT NULL,
    roles      TEXT     NOT NULL,        -- JSON list of strings
    disabled   SMALLINT NOT NULL,
    gen        BIGINT   NOT NULL,
    hash       TEXT     NOT NULL,        -- PHC or crypt form, '' when no password fits
    created    BIGINT   NOT NULL,
    updated    BIGINT   NOT NULL
);

CREATE TABLE api_keys (
    id      TEXT   NOT NULL PRIMARY KEY,
    digest  TEXT   NOT NULL,             -- SHA-256 of the secret
    subject TEXT   NOT NULL,             -- may live in another directory: no foreign key
    name    TEXT   NOT NULL,
    roles   TEXT   NOT NULL,             -- JSON list of strings, or null for the owner's
    scopes  TEXT   NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);

CREATE INDEX api_keys_subject ON api_keys (subject, id);

-- Append only. A seq is taken from the counter inside the writing transaction,
-- and not used again after pruning.
CREATE TABLE revocations (
    seq      BIGINT NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL,
    name     TEXT   NOT NULL,            -- what is revoked
    min_gen  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    reason   TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    recorded BIGINT NOT NULL             -- the writer's clock, for the overlap of readers
);

CREATE INDEX revocations_recorded ON revocations (recorded);
CREATE INDEX revocations_expires ON revocations (expires);

-- +goose Down
DROP TABLE revocations;
DROP TABLE api_keys;
DROP TABLE users;
DROP TABLE counters;
