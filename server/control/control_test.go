//go:build unix

package control_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/control"
)

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	f, err := control.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := control.Lock(dir); !errors.Is(err, control.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second lock: got %v, want error %q and an error with %q", err, control.ErrLocked, dir)
	}
	f.Close()
	again, err := control.Lock(dir)
	if err != nil {
		t.Errorf("after the first was given back: %v", err)
	}
	again.Close()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory's mode is %v, %v; want 0700", info.Mode(), err)
	}
}

// dir returns a directory whose path is short enough for a socket.
func dir(t *testing.T) string {
	t.Helper()
	d, err := os.MkdirTemp("", "cc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(d) })
	return d
}

func listen(t *testing.T, d string, h http.HandlerFunc) {
	t.Helper()
	l, err := control.Listen(d)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

func TestGet(t *testing.T) {
	d := dir(t)
	listen(t, d, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/status":
			w.Write([]byte(`{"listen":"here"}`))
		case "/junk":
			w.Write([]byte(`<html>`))
		default:
			http.NotFound(w, r)
		}
	})
	info, err := os.Stat(filepath.Join(d, "control.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v; want mode 0600", info, err)
	}
	var got struct{ Listen string }
	if err := control.Get(t.Context(), d, "/status", &got); err != nil || got.Listen != "here" {
		t.Errorf("Get: got %+v, %v; want Listen \"here\"", got, err)
	}
	for path, says := range map[string]string{"/junk": "invalid answer", "/new": "its version differs"} {
		if err := control.Get(t.Context(), d, path, &got); err == nil || !strings.Contains(err.Error(), says) || errors.Is(err, control.ErrNoServer) {
			t.Errorf("%s: %v; want %q", path, err, says)
		}
	}
}

// TestPost_refused: the server's refusal is returned with its message.
func TestPost_refused(t *testing.T) {
	d := dir(t)
	listen(t, d, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			t.Errorf("got %s, want Method %v", r.Method, http.MethodPost)
		}
		http.Error(w, "no such thing here", http.StatusUnprocessableEntity)
	})
	var got any
	if err := control.Post(t.Context(), d, "/do", &got); err == nil || err.Error() != "no such thing here" {
		t.Errorf("Post: got %v, want error \"no such thing here\"", err)
	}
}

func TestGet_noServer(t *testing.T) {
	d := dir(t)
	var got any
	if err := control.Get(t.Context(), d, "/status", &got); !errors.Is(err, control.ErrNoServer) {
		t.Errorf("without a socket: got %v, want error %q", err, control.ErrNoServer)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(d, "control.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false) // as a killed process leaves it
	l.Close()
	if err := control.Get(t.Context(), d, "/status", &got); !errors.Is(err, control.ErrNoServer) {
		t.Errorf("with a stale socket: got %v, want error %q", err, control.ErrNoServer)
	}
	listen(t, d, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`1`)) })
	if err := control.Get(t.Context(), d, "/status", &got); err != nil {
		t.Errorf("in place of the stale socket: %v", err)
	}
}

func TestListen_longPath(t *testing.T) {
	_, err := control.Listen(filepath.Join(dir(t), strings.Repeat("d", 100)))
	if err == nil || !strings.Contains(err.Error(), "shorter path") {
		t.Errorf("got %v; want what to do", err)
	}
}
