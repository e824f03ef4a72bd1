package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate migrates the schema to the newest version.
func migrate(ctx context.Context, db *sql.DB, logger *slog.Logger) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	// Two processes may open a new file at once. One of them migrates; the other fails, and
	// finds the work done on the next attempt.
	for range 3 {
		if err = up(ctx, p, logger); err == nil {
			return nil
		}
	}
	return err
}

func provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// versions returns the schema version of the file and the newest known one. A newer file is
// an error.
func versions(ctx context.Context, p *goose.Provider) (current, target int64, err error) {
	current, target, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema version: %w", err)
	}
	if current > target {
		return 0, 0, fmt.Errorf("the file has schema %d and this binary knows %d: it was written by a newer cardea; use that, or restore an older backup", current, target)
	}
	return current, target, nil
}

// isCurrent is migrate for a file that is only read: it returns an error unless the schema
// is the newest.
func isCurrent(ctx context.Context, db *sql.DB, _ *slog.Logger) error {
	current, target, err := schema(ctx, db)
	if err == nil && current == 0 {
		return errors.New("the file has no tables: restore it from a backup that was made while the server was stopped, or start the server, which creates them")
	}
	if err == nil && current != target {
		err = fmt.Errorf("the file has schema %d, and this binary reads %d: start the server, which brings it up to date", current, target)
	}
	return err
}

func up(ctx context.Context, p *goose.Provider, logger *slog.Logger) error {
	current, target, err := versions(ctx, p)
	if err != nil {
		return err
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema from %d to %d: %w", current, target, err)
	}
	switch {
	case logger == nil:
	case current == 0:
		logger.Info("created the store", "schema", target)
	default:
		names, _ := namesAfter(current) // embedded: read before
		logger.Info("migrated the store", "from", current, "to", target, "changes", names)
	}
	return nil
}
