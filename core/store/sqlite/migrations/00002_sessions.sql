-- Refresh families, and what API keys need to be rotated and limited.

-- +goose Up
CREATE TABLE sessions (
    id        TEXT   NOT NULL PRIMARY KEY,
    subject   TEXT   NOT NULL,             -- may live in another directory: no foreign key
    client    TEXT   NOT NULL,
    layout    TEXT   NOT NULL,
    device    TEXT   NOT NULL,
    peer      TEXT   NOT NULL,
    scopes    TEXT   NOT NULL,             -- JSON list of strings
    gen       BIGINT NOT NULL,
    idle      BIGINT NOT NULL,             -- microseconds
    created   BIGINT NOT NULL,
    used      BIGINT NOT NULL,
    idle_end  BIGINT NOT NULL,             -- never after the one below
    final_end BIGINT NOT NULL,
    ended     BIGINT NOT NULL,
    ended_for TEXT   NOT NULL
);

CREATE INDEX sessions_subject ON sessions (subject, id);
CREATE INDEX sessions_idle_end ON sessions (idle_end);
CREATE INDEX sessions_ended ON sessions (ended) WHERE ended > 0;

CREATE TABLE refresh_tokens (
    hash      TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the secret
    session   TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires   BIGINT NOT NULL,
    used      BIGINT NOT NULL,
    successor TEXT   NOT NULL              -- sealed, hexadecimal
);

-- A family cannot fork: the second live token of a session is refused here.
CREATE UNIQUE INDEX refresh_tokens_live ON refresh_tokens (session) WHERE used = 0;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires);

ALTER TABLE api_keys ADD COLUMN rate_limit BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN last_used BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN old_digest TEXT NOT NULL
    DEFAULT '0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE api_keys ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE api_keys DROP COLUMN old_until;
ALTER TABLE api_keys DROP COLUMN old_digest;
ALTER TABLE api_keys DROP COLUMN last_used;
ALTER TABLE api_keys DROP COLUMN rate_limit;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
