package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
)

// Config configures a [Store].
type Config struct {
	Path   string           // of the file; it and its directory are created if missing
	Logger *slog.Logger     // default: discards
	Now    func() time.Time // for the time of recording; default time.Now

	// ReadOnly opens the file without changing it: a missing file, or a schema other than
	// that of this binary, is an error, and so is every call that would write.
	ReadOnly bool
}

// Store is a store in one SQLite file. Use [Open]. It is safe for concurrent use, also
// while other processes have the same file open.
type Store struct {
	path    string
	file    os.FileInfo // of the open file
	now     func() time.Time
	writes  *sql.DB // one connection
	reads   *sql.DB
	queries atomic.Int64
}

var (
	_ store.Store         = (*Store)(nil)
	_ session.Counter     = (*Store)(nil)
	_ session.Finder      = (*Store)(nil)
	_ store.PluginEntries = (*Store)(nil)
)

// Open opens the file, creates it if necessary, and migrates its schema. The error says
// what is wrong with the file (not a database, newer than this binary, not writable) and
// what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	ready := prepare
	if cfg.ReadOnly {
		ready = found
	}
	path, file, err := ready(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{path: path, file: file, now: cfg.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.open(ctx, cfg); err != nil {
		s.Close()
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, cfg Config) (err error) {
	pragmas, upToDate := writePragmas, migrate
	if cfg.ReadOnly {
		pragmas, upToDate = readPragmas, isCurrent
	}
	if s.writes, err = sql.Open("sqlite", dsn(s.path, pragmas)); err != nil {
		return err
	}
	s.writes.SetMaxOpenConns(1)
	if err := upToDate(ctx, s.writes, cfg.Logger); err != nil {
		return explain(err)
	}
	if !cfg.ReadOnly {
		s.checkpoint(ctx)
	}
	if s.reads, err = sql.Open("sqlite", dsn(s.path, readPragmas)); err != nil {
		return err
	}
	s.reads.SetMaxOpenConns(4)
	s.reads.SetMaxIdleConns(4)
	return s.Ping(ctx)
}

// checkpoint moves what is in the log into the main file, as far as nobody reads it, so
// that a copy of the main file alone lacks less. If it fails nothing is lost: the log is
// still valid.
func (s *Store) checkpoint(ctx context.Context) {
	_, _ = s.writes.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
}

// Queries returns the number of statements that the store has run, including polls of the
// revocation log: a diagnostic metric.
func (s *Store) Queries() int64 { return s.queries.Load() }

// Ping implements store.Store by reading from the file.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.checkFile(); err != nil {
		return err
	}
	var n int64
	s.queries.Add(1)
	if err := s.reads.QueryRowContext(ctx, "SELECT COUNT(*) FROM counters").Scan(&n); err != nil {
		return fmt.Errorf("store %s does not answer: %w", s.path, err)
	}
	return nil
}

// CheckWrite implements store.Store. On a full disk, reads work but writes fail.
func (s *Store) CheckWrite(ctx context.Context) error {
	err := s.write(ctx, func(q querier) error {
		_, err := q.exec(ctx, "UPDATE counters SET value = value + 1 WHERE name = 'write_check'")
		return err
	})
	if err != nil {
		return fmt.Errorf("store %s is not writable: %w", s.path, err)
	}
	return nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reads, s.writes} { // the writer last: it checkpoints the log
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
