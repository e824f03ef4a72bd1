-- What keeps work small however many rows there are: the sessions of a user that
-- count, by age, and how much each plugin has put away.

-- +goose Up
CREATE INDEX IF NOT EXISTS sessions_open ON sessions (subject, created, id, idle_end) WHERE ended = 0;
CREATE INDEX IF NOT EXISTS refresh_tokens_used ON refresh_tokens (used) WHERE used > 0;
CREATE INDEX IF NOT EXISTS plugin_entries_expires ON plugin_entries (plugin, expires);
CREATE TABLE IF NOT EXISTS plugin_totals (
    plugin  TEXT   NOT NULL PRIMARY KEY,
    entries BIGINT NOT NULL,
    bytes   BIGINT NOT NULL
);
DELETE FROM plugin_totals;
INSERT INTO plugin_totals (plugin, entries, bytes)
    SELECT plugin, COUNT(*), SUM(bytes) FROM plugin_entries GROUP BY plugin;

-- +goose Down
DROP TABLE plugin_totals;
DROP INDEX plugin_entries_expires;
DROP INDEX refresh_tokens_used;
DROP INDEX sessions_open;
