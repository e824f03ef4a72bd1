-- When each secret of an API key was made; 0: with the key.

-- +goose Up
ALTER TABLE api_keys ADD COLUMN made BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN old_made BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE api_keys DROP COLUMN old_made;
ALTER TABLE api_keys DROP COLUMN made;
