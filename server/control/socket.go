package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// socketName is the file name of the socket in the data directory.
const socketName = "control.sock"

// maxSocketPath is the length that every system allows for a socket path: macOS and the
// BSDs have 104 bytes including the final zero, Linux and Windows 108.
const maxSocketPath = 103

// maxAnswer bounds a response from the socket, in bytes.
const maxAnswer = 1 << 20

// ErrNoServer says that no server runs on the data directory.
var ErrNoServer = errors.New("no server runs on this data directory")

// Listen opens the control socket. The caller holds the lock, so an existing file is left
// over from a process that has ended.
func Listen(dir string) (net.Listener, error) {
	if err := CheckPath(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove old control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	// The directory is 0700, so no other user can reach the socket before this.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// CheckPath returns an error if the path of the socket in the data directory is too long.
func CheckPath(dir string) error {
	if path := filepath.Join(dir, socketName); len(path) > maxSocketPath {
		return fmt.Errorf("open control socket: the system allows %d bytes in its path, and %s has %d: give the data directory a shorter path", maxSocketPath, path, len(path))
	}
	return nil
}

// Get sends a GET request for path to the running server and decodes the JSON response
// into v. It fails with [ErrNoServer] if none runs.
func Get(ctx context.Context, dir, path string, v any) error {
	return ask(ctx, 5*time.Second, http.MethodGet, dir, path, v)
}

// Post is like Get for a request that makes the server do something, and waits long
// enough for compiling plugins. An error of the server is returned with its own text.
func Post(ctx context.Context, dir, path string, v any) error {
	return ask(ctx, 3*time.Minute, http.MethodPost, dir, path, v)
}

// Transport returns a transport to the control socket in the data directory. Each request
// has its own connection, so that none is sent twice.
func Transport(dir string) http.RoundTripper {
	return &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(dir, socketName))
		},
	}
}

func ask(ctx context.Context, patience time.Duration, method, dir, path string, v any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := http.Client{Transport: Transport(dir)}
	r, err := http.NewRequestWithContext(ctx, method, "http://control"+path, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return unanswered(dir, patience, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	if resp.StatusCode == http.StatusUnprocessableEntity {
		return errors.New(strings.TrimSpace(string(body)))
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server on %s answered %s to %s: its version differs from this command's", dir, resp.Status, path)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("the server on %s sent an invalid answer: %w", dir, err)
	}
	return nil
}

// unanswered distinguishes a missing server from one that hangs and one that cannot be
// reached, such as another user's.
func unanswered(dir string, patience time.Duration, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%w (%s)", ErrNoServer, dir)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the server on %s did not answer within %s: look at its log, and restart it if it hangs", dir, patience)
	}
	if cause, ok := errors.AsType[*url.Error](err); ok {
		err = cause.Err // the URL means nothing to the user
	}
	switch {
	case errors.Is(err, fs.ErrPermission) && isUnlocked(dir): // the socket of another account's server that was killed
		return fmt.Errorf("%w (%s)", ErrNoServer, dir)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("ask the server on %s: %w: run this as the account that runs the server", dir, err)
	}
	return fmt.Errorf("ask the server on %s: %w", dir, err)
}
