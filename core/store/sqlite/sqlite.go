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

// Config says where the store lives.
type Config struct {
	Path   string           // of the file; it and its directory are made if missing
	Logger *slog.Logger     // default: silent
	Now    func() time.Time // when rows are recorded; default time.Now

	// ReadOnly changes nothing: a file that is missing, or whose schema is not that of
	// this binary, is an error, and so is every call that would write.
	ReadOnly bool
}

// Store is a store in one SQLite file. Use [Open]. Safe for concurrent use, and
// beside other processes that have the same file open.
type Store struct {
	path    string
	file    os.FileInfo // of the file that is open
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

// Open opens the file, makes it if it is not there, and brings its schema up to
// date. The error says what is wrong with the file and what to do: not a
// database, newer than this binary, not writable.
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
	if s.reads, err = sql.Open("sqlite", dsn(s.path, readPragmas)); err != nil {
		return err
	}
	s.reads.SetMaxOpenConns(4)
	s.reads.SetMaxIdleConns(4)
	return s.Ping(ctx)
}

// Queries returns how many statements the store has run, the poll of the
// revocation log included: a diagnostic metric.
func (s *Store) Queries() int64 { return s.queries.Load() }

// Ping implements store.Store: it reads from the file.
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

// CheckWrite implements store.Store: on a full disk reading goes on.
func (s *Store) CheckWrite(ctx context.Context) error {
	err := s.write(ctx, func(q querier) error {
		_, err := q.exec(ctx, "UPDATE counters SET value = value + 1 WHERE name = 'write_check'")
		return err
	})
	if err != nil {
		return fmt.Errorf("store %s takes no changes: %w", s.path, err)
	}
	return nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.reads, s.writes} { // the writer last: it tidies the log away
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
