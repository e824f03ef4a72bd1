-- The mount at which a session began, whose hooks are asked at each refresh.

-- +goose Up
ALTER TABLE sessions ADD COLUMN dialect TEXT NOT NULL DEFAULT ''; -- '': not known

-- +goose Down
ALTER TABLE sessions DROP COLUMN dialect;
