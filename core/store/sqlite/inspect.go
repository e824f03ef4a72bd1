package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cardea-auth/cardea/core/files"
)

// Inspect returns the error that Open would fail with because of the file, and changes
// nothing. A file that is not there is fine: Open makes it.
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
	if err := inspect(ctx, db); err != nil {
		return fmt.Errorf("%s: %w", path, explain(err))
	}
	return nil
}

func inspect(ctx context.Context, db *sql.DB) error {
	var tables int
	err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil || tables == 0 {
		return err
	}
	p, err := provider(db)
	if err != nil {
		return err
	}
	_, _, err = versions(ctx, p)
	return err
}
