package check

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// askTimeout bounds the check of one database or upstream.
const askTimeout = 5 * time.Second

// State checks the files of a server on this machine.
func State(ctx context.Context, cfg *config.Config) (list config.Problems) {
	add := func(key string, err error) { list = append(list, setting.Problems(key, err)...) }
	if cfg.Store.Driver == "memory" {
		return nil
	}
	if err := errors.Join(checkDirectory(cfg.Data), control.CheckPath(cfg.Data)); err != nil {
		add("data", err)
		return list
	}
	add("data", checkOwnFiles(cfg))
	if cfg.Store.DSN != "" {
		add("store.dsn", checkDirectory(filepath.Dir(state.StorePath(cfg))))
	}
	key := "data"
	if cfg.Store.DSN != "" {
		key = "store.dsn"
	}
	add(key, sqlite.Inspect(ctx, state.StorePath(cfg)))
	if text := state.LostStore(ctx, cfg); text != "" && state.EmptyStore(ctx, cfg) != "" {
		add(key, errors.New(text))
	}
	silent := slog.New(slog.DiscardHandler)
	if c, err := state.KeyConfig(cfg, silent); err == nil && c.File != "" {
		add("data", checkKeys(ctx, c))
	}
	for _, u := range cfg.Upstreams {
		if c := state.AssertionKeyConfig(cfg, silent); u.Identity == "assertion" {
			c.File = filepath.Join(cfg.Data, state.AssertionKeysFile)
			add("data", checkKeys(ctx, c))
		}
	}
	return list
}

// checkOwnFiles returns an error if something in the data directory is in the way of a file that
// the server opens there.
func checkOwnFiles(cfg *config.Config) error {
	var errs []error
	for _, name := range []string{"lock", "keys.json.lock", state.AssertionKeysFile + ".lock"} {
		path := filepath.Join(cfg.Data, name)
		f, err := files.OpenFile(path, os.O_RDWR, 0)
		switch {
		case err == nil:
			f.Close()
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrPermission) && name == "lock":
			errs = append(errs, fmt.Errorf("%s cannot be opened (%v): let the account that runs Cardea read and write it, or remove it while no server runs", path, reason(err)))
		case !errors.Is(err, fs.ErrPermission): // without a lock the server uses keys that it cannot change
			errs = append(errs, fmt.Errorf("%s is in the way of a lock (%v): remove it", path, reason(err)))
		}
	}
	if info, err := os.Lstat(filepath.Join(cfg.Data, "control.sock")); err == nil && info.IsDir() {
		errs = append(errs, fmt.Errorf("%s is a directory, in the way of the control socket: remove it", filepath.Join(cfg.Data, "control.sock")))
	}
	return errors.Join(append(errs, checkCache(cfg))...)
}

// checkCache returns an error if compiled plugins cannot be kept in the data directory.
func checkCache(cfg *config.Config) error {
	path := filepath.Join(cfg.Data, "wasm-cache")
	info, err := os.Stat(path)
	switch {
	case len(cfg.Plugins) == 0 || err != nil:
		return nil
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory, and compiled plugins are kept there: remove it", path)
	case files.IsForeign(path) && !files.IsForeign(cfg.Data): // else another account runs the server
		return fmt.Errorf("%s holds native code and belongs to another account: remove it, or give it to the account that runs Cardea", path)
	case files.IsOpenToOthers(info.Mode()):
		return fmt.Errorf("%s holds native code and others can access it: chmod 700 %s", path, path)
	}
	return nil
}

// ChangedSecrets warns of secrets that were changed since the last start, with the tokens
// that the next start refuses and those that it accepts for a time. now is for the ends of
// secrets.
func ChangedSecrets(cfg *config.Config, now time.Time) (list config.Problems) {
	secrets, err := state.MountSecrets(cfg, now)
	if err != nil {
		list = append(list, config.Problem{Key: "data", Text: fmt.Sprintf("cannot tell whether the secret of a mount was changed since the last start (%v): the next start writes the record again", err)})
	}
	for _, s := range secrets {
		if text := s.Warning(); text != "" {
			list = append(list, config.Problem{Key: s.Setting, Text: text})
		}
	}
	return list
}

// checkDirectory returns an error if a server cannot keep files in a directory, which may
// be missing if it can be created.
func checkDirectory(dir string) error {
	info, err := os.Stat(dir)
	if target, broken := os.Readlink(dir); errors.Is(err, fs.ErrNotExist) && broken == nil {
		return fmt.Errorf("%s is a symbolic link to %s, which does not exist: mount or create that, or correct the link", dir, target)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err := checkParent(filepath.Dir(filepath.Clean(dir))); err != nil {
			return fmt.Errorf("%s does not exist and cannot be created: %w", dir, err)
		}
		return nil
	}
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory: name one, or move the file away", dir)
	}
	if err := files.CheckPrivate(dir); err != nil {
		return err
	}
	return checkWritable(dir)
}

// checkParent checks that directories can be created in dir or its nearest existing
// parent.
func checkParent(dir string) error {
	info, err := os.Stat(dir)
	if up := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && up != dir {
		return checkParent(up)
	}
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory: name another place, or move the file away", dir)
	}
	return checkWritable(dir)
}

func checkWritable(dir string) error {
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written (%v): let the account that runs Cardea write it, or choose another", dir, err) // not %w: the text already has the cure
	}
	full := checkRoom(probe)
	if full != nil {
		full = fmt.Errorf("%s takes no data (%w): free space there, or choose another", dir, reason(full))
	}
	return errors.Join(full, probe.Close(), os.Remove(probe.Name()))
}

// reason returns an error without the file name.
func reason(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

// probeRoom is the number of bytes that a server needs at least, for one change of the
// store or of the keys: on a full disk empty files can still be created.
const probeRoom = 64 << 10

// checkRoom writes and syncs probeRoom bytes: some file systems only report a full disk
// on sync.
func checkRoom(file *os.File) error {
	if _, err := file.Write(make([]byte, probeRoom)); err != nil {
		return err
	}
	return file.Sync()
}

// checkKeys opens a copy of a key file: opening the original could create or rotate keys.
func checkKeys(ctx context.Context, c keys.Config) error {
	data, err := files.Read(c.File, state.MaxKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "cardea-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	original := c.File
	if c.File = filepath.Join(dir, filepath.Base(original)); os.WriteFile(c.File, data, 0o600) != nil {
		return nil // no space for a copy says nothing about the file
	}
	ring, err := keys.Open(ctx, c)
	if err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), c.File, original))
	}
	return ring.Close()
}

// Unanswered finds databases of directories that do not respond. It checks them
// concurrently, with a timeout of a few seconds.
func Unanswered(ctx context.Context, cfg *config.Config) (list config.Problems) {
	errs := make([]error, len(cfg.Users))
	var all sync.WaitGroup
	for i, u := range cfg.Users {
		if u.Type == "wordpress" && u.DSN != "" {
			all.Go(func() { errs[i] = ping(ctx, cfg, u) })
		}
	}
	all.Wait()
	for i, err := range errs {
		list = append(list, setting.Problems(fmt.Sprintf("users[%d].dsn", i), err)...)
	}
	return list
}

func ping(ctx context.Context, cfg *config.Config, u config.UserDirectory) error {
	s := memory.New()
	defer s.Close()
	d, err := state.OpenSite(cfg, u, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	if err := d.Ping(ctx); err != nil {
		return databaseError(u.Name, err)
	}
	return nil
}

// databaseError says whether a database did not answer, or refused to return users.
func databaseError(directory string, err error) error {
	cause := err
	if e, ok := errors.AsType[*api.Error](err); ok && e.Err != nil {
		cause = e.Err // without the text for clients, which says the same
	}
	_, network := errors.AsType[*net.OpError](err)
	if network || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn) {
		return fmt.Errorf("the database does not answer, so users of %s cannot log in: start it, or correct address and port (--offline skips databases): %w", directory, cause)
	}
	return fmt.Errorf("the database returns no users, so users of %s cannot log in: correct account, database and prefix, and let the account SELECT (--offline skips databases): %w", directory, cause)
}
