-- When each secret of an API key was made, 0: with the key. And what is written to
-- learn whether something can be.

-- +goose Up
ALTER TABLE api_keys ADD COLUMN made BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN old_made BIGINT NOT NULL DEFAULT 0;
INSERT INTO counters (name, value) VALUES ('write_check', 0);

-- +goose Down
DELETE FROM counters WHERE name = 'write_check';
ALTER TABLE api_keys DROP COLUMN old_made;
ALTER TABLE api_keys DROP COLUMN made;
