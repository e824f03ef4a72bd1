package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cardea-auth/cardea/core/files"
)

// Inspect returns the error with which Open would fail because of the file, without
// changing anything. A missing file is no error, since Open creates it.
func Inspect(ctx context.Context, path string) error {
	file, err := files.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if errors.Is(err, fs.ErrPermission) {
		return unwritable(path, err)
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if err := checkHeader(file); err != nil {
		return fmt.Errorf("%s %w", path, err)
	}
	if info, err := file.Stat(); err != nil || info.Size() == 0 {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path, readPragmas))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, _, err := schema(ctx, db); err != nil {
		return fmt.Errorf("%s: %w", path, explain(err))
	}
	return nil
}

// schema is versions without creating the version table: a file without one has schema 0.
func schema(ctx context.Context, db *sql.DB) (current, target int64, err error) {
	p, err := provider(db)
	if err != nil {
		return 0, 0, err
	}
	var tables int
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil || tables == 0 {
		sources := p.ListSources()
		return 0, sources[len(sources)-1].Version, err
	}
	return versions(ctx, p)
}

// found is prepare for an existing file that must not be changed.
func found(path string) (string, os.FileInfo, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	file, err := files.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	if err := checkHeader(file); err != nil {
		return "", nil, fmt.Errorf("%s %w", path, err)
	}
	info, err := file.Stat()
	return path, info, err
}
