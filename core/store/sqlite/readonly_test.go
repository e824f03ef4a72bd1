package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// TestReadOnly: in a read-only store a refresh token can be inspected in the transaction
// that would rotate it, and nothing can be changed.
func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cardea.db")
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	u, err := s.CreateUser(t.Context(), api.User{Subject: "u_1", Login: "anna", Created: now, Updated: now})
	if err != nil {
		t.Fatal(err)
	}
	hash := [32]byte{1}
	err = s.CreateSession(t.Context(), api.Session{ID: "s", Subject: u.Subject, Created: now, IdleEnd: now.Add(time.Hour)},
		api.RefreshToken{Hash: hash, Session: "s", Expires: now.Add(time.Hour)})
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}

	s, err = sqlite.Open(t.Context(), sqlite.Config{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	look := errors.New("only looking")
	var seen api.Session
	err = s.RotateRefresh(t.Context(), hash, func(r *api.Rotation) error {
		seen = r.Session
		return look
	})
	if !errors.Is(err, look) || seen.Subject != u.Subject {
		t.Errorf("looking at a refresh token: got %v, %v; want Subject %v and error %q", seen, err, u.Subject, look)
	}
	for name, err := range map[string]error{
		"rotate": s.RotateRefresh(t.Context(), hash, func(r *api.Rotation) error { r.Session.Used = r.Session.Used.Add(time.Hour); return nil }),
		"delete": s.DeleteUser(t.Context(), u.Subject),
		"check":  s.CheckWrite(t.Context()),
	} {
		if err == nil || !strings.Contains(err.Error(), "readonly") {
			t.Errorf("%s: got %v, want an error with %q", name, err, "readonly")
		}
	}
}

// TestReadOnly_empty: a file without the tables of a store is not taken for an empty one.
func TestReadOnly_empty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cardea.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "CREATE TABLE other (a)")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, ReadOnly: true})
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "has no tables") {
		t.Errorf("got %v", err)
	}
}
