package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/files"
)

// Inspect returns the error with which Open would fail because of the file, without
// changing anything. A missing file is not an error, since Open creates it.
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

// Pending names the migrations that Open would make to a file, oldest first; none if the
// file does not exist or has no tables.
func Pending(ctx context.Context, path string) ([]string, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, nil // Inspect tells of errors
	}
	if empty, err := IsEmpty(ctx, path); err != nil || empty {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path, readPragmas))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	current, _, err := schema(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, explain(err))
	}
	return namesAfter(current)
}

// IsEmpty reports whether the file exists and has no tables, as a copy of it has that was
// made while a process had it open, without its log.
func IsEmpty(ctx context.Context, path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.Size() == 0:
		return true, nil
	}
	db, err := sql.Open("sqlite", dsn(path, readPragmas))
	if err != nil {
		return false, err
	}
	defer db.Close()
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&tables); err != nil {
		return false, fmt.Errorf("%s: %w", path, explain(err))
	}
	return tables == 0, nil
}

// EmptyText says of an empty file what it is.
func EmptyText(path string) string {
	name := filepath.Base(path)
	return fmt.Sprintf("%s is empty (no tables): it was copied while the server ran, without %s-wal, or is new", name, name)
}

// namesAfter names the migrations after that one, such as "2 sessions".
func namesAfter(version int64) (names []string, err error) {
	files, err := migrations.ReadDir("migrations")
	for _, f := range files {
		number, name, _ := strings.Cut(strings.TrimSuffix(f.Name(), ".sql"), "_")
		if n, _ := strconv.ParseInt(number, 10, 64); n > version {
			names = append(names, fmt.Sprintf("%d %s", n, strings.ReplaceAll(name, "_", " ")))
		}
	}
	return names, err
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
