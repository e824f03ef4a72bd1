package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/files"
)

// The settings of connections. Both pools wait up to five seconds for another process.
var (
	common       = []string{"busy_timeout(5000)", "foreign_keys(1)", "trusted_schema(0)"}
	writePragmas = append(common[:len(common):len(common)], "journal_mode(WAL)", "synchronous(FULL)")
	readPragmas  = append(common[:len(common):len(common)], "query_only(1)")
)

// dsn returns the data source name for the file. Transactions that may write begin
// IMMEDIATE: one that reads first and writes later could otherwise fail instead of waiting.
// Read connections must not take that lock.
func dsn(path string, pragmas []string) string {
	lock := "immediate"
	if slices.Equal(pragmas, readPragmas) {
		lock = "deferred"
	}
	query := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + query.Encode()
}

// prepare creates directory and file for this user only, and refuses a file that is not a
// database. SQLite gives the -wal and -shm files the mode of the main one.
func prepare(path string) (string, os.FileInfo, error) {
	if path == "" {
		return "", nil, errors.New("no path given")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", nil, err
	}
	if err := files.MkdirAll(filepath.Dir(path)); err != nil {
		return "", nil, fmt.Errorf("create the data directory: %w", err)
	}
	if err := files.CheckPrivate(filepath.Dir(path)); err != nil {
		return "", nil, fmt.Errorf("data directory: %w", err)
	}
	file, err := files.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return "", nil, unwritable(path, err)
	}
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	if err := checkHeader(file); err != nil {
		return "", nil, fmt.Errorf("%s %w", path, err)
	}
	if err := checkDirectory(filepath.Dir(path)); err != nil {
		return "", nil, err
	}
	info, err := file.Stat()
	return path, info, errors.Join(err, file.Chmod(0o600))
}

// unwritable returns the error for a file that this user may not write.
func unwritable(path string, err error) error {
	return fmt.Errorf("%s cannot be written (%v): let the account that runs Cardea read and write it, or choose another data directory", path, err) // not %w: files.Cure would advise to make it readable
}

// checkFile returns an error if the path no longer leads to the open file: writes would be
// lost with the process, and writes of other processes are not seen.
func (s *Store) checkFile() error {
	now, err := os.Stat(s.path)
	if err == nil && os.SameFile(now, s.file) {
		return nil
	}
	return fmt.Errorf("store %s: the file was replaced or deleted while it was open: restore it, or restart with the new one", s.path)
}

// checkHeader accepts an empty file or a SQLite database
// (https://www.sqlite.org/fileformat.html section 1.3.1).
func checkHeader(file io.Reader) error {
	const magic = "SQLite format 3\x00"
	head, err := io.ReadAll(io.LimitReader(file, int64(len(magic))))
	if err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	if len(head) > 0 && !bytes.Equal(head, []byte(magic)) {
		return errors.New("is not a SQLite database: restore it from the backup, or name another file")
	}
	return nil
}

// checkDirectory checks that files can be created in the directory, as SQLite does.
func checkDirectory(dir string) error {
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("the directory %s cannot be written (%v): SQLite keeps its log next to the database: let the account that runs Cardea write it, or choose another data directory", dir, err) // not %w: files.Cure would advise to make it readable
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// explain adds a remedy to SQLite's errors about the whole file.
func explain(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "SQLITE_CORRUPT"), strings.Contains(text, "malformed"):
		return fmt.Errorf("the file is damaged; restore it from the backup: %w", err)
	case strings.Contains(text, "SQLITE_NOTADB"), strings.Contains(text, "not a database"):
		return fmt.Errorf("the file is not a SQLite database; restore it from the backup, or name another file: %w", err)
	}
	return err
}
