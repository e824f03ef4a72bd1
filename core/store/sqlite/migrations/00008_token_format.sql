-- The token format of a session is called so in the store, too.

-- +goose Up
ALTER TABLE sessions RENAME COLUMN layout TO token_format;

-- +goose Down
ALTER TABLE sessions RENAME COLUMN token_format TO layout;
