-- What finds the sessions of one device without reading the others of its user, and
-- how long the access tokens of a session can count.

-- +goose Up
ALTER TABLE sessions ADD COLUMN access_end BIGINT NOT NULL DEFAULT 0; -- 0: not known
CREATE INDEX IF NOT EXISTS sessions_device
    ON sessions (subject, layout, device, created, id, idle_end) WHERE ended = 0;

-- +goose Down
DROP INDEX sessions_device;
ALTER TABLE sessions DROP COLUMN access_end;
