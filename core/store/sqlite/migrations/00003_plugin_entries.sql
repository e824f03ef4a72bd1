-- What plugins put away, each for itself.

-- +goose Up
CREATE TABLE plugin_entries (
    plugin  TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    value   TEXT   NOT NULL,             -- hexadecimal
    bytes   BIGINT NOT NULL,             -- of name and value, for the quota
    expires BIGINT NOT NULL,
    PRIMARY KEY (plugin, name)
);

-- +goose Down
DROP TABLE plugin_entries;
