package wordpress

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

var _ Log = session.Log(nil)

var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func alice() row {
	return row{id: 5, login: "alice", pass: "$P$old", email: "alice@example.org", capabilities: sql.NullString{String: `a:1:{s:6:"editor";b:1;}`, Valid: true}}
}

// node is a ledger over a log that other nodes may share.
func node(t *testing.T, log Log, now *time.Time, on users.RevokeOn) *ledger {
	t.Helper()
	cfg, err := Config{Log: log, MaxTokenLife: time.Hour, RevokeOn: on, Now: func() time.Time { return *now }}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(cfg)
	if err := l.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

func note(t *testing.T, l *ledger, r row) int64 {
	t.Helper()
	gen, err := l.note(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return gen
}

// lives reports whether the real index, fed from the log, still accepts a token of that
// generation.
func lives(t *testing.T, log session.Log, gen int64) bool {
	t.Helper()
	rows, err := log.RevocationsSince(t.Context(), 0, time.Time{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	x := session.NewIndex()
	x.Apply(rows...)
	_, revoked := x.Revoked(&api.Identity{Subject: "wp:5", Gen: gen, Proof: api.Proof{IssuedAt: moment.Add(time.Hour)}})
	return !revoked
}

func TestLedger_note(t *testing.T) {
	all := users.RevokeOn{}
	for name, test := range map[string]struct {
		change  func(*row)
		on      users.RevokeOn
		revokes bool
		reason  string
	}{
		"nothing":             {func(*row) {}, all, false, "user seen in WordPress"},
		"display name":        {func(r *row) { r.display = "Other" }, all, false, "user seen in WordPress"},
		"case of the address": {func(r *row) { r.email = "Alice@example.org" }, all, false, "user seen in WordPress"},
		"password":            {func(r *row) { r.pass = "$P$new" }, all, true, "password changed in WordPress"},
		"email":               {func(r *row) { r.email = "eve@example.org" }, all, true, "email changed in WordPress"},
		"roles":               {func(r *row) { r.capabilities.String = `a:0:{}` }, all, true, "roles changed in WordPress"},
		"spam":                {func(r *row) { r.spam = true }, all, true, "status changed in WordPress"},
		"status":              {func(r *row) { r.status = 2 }, all, true, "status changed in WordPress"},
		"login":               {func(r *row) { r.login = "alice2" }, all, true, "login changed in WordPress"},
		"login, all off":      {func(r *row) { r.login = "alice2" }, users.RevokeOn{Password: users.Off, Email: users.Off, Role: users.Off, Disable: users.Off, Delete: users.Off}, true, "login changed in WordPress"},
		"login, in capitals":  {func(r *row) { r.login = "ALICE" }, all, false, "user seen in WordPress"},
		"two things":          {func(r *row) { r.pass, r.email = "x", "y" }, all, true, "password changed, email changed in WordPress"},
		"roles, off":          {func(r *row) { r.capabilities.String = `a:0:{}` }, users.RevokeOn{Role: users.Off}, false, "roles changed in WordPress"},
		"roles off, email on": {func(r *row) { r.capabilities.String, r.email = "", "y" }, users.RevokeOn{Role: users.Off}, true, "email changed, roles changed in WordPress"},
	} {
		t.Run(name, func(t *testing.T) {
			log, now := memory.New(), moment
			l := node(t, log, &now, test.on)
			before := note(t, l, alice())
			changed := alice()
			test.change(&changed)
			after := note(t, l, changed)
			if got := !lives(t, log, before); got != test.revokes || !lives(t, log, after) {
				t.Errorf("got revoked %v and the new one alive %v, want %v and true", got, lives(t, log, after), test.revokes)
			}
			if again := note(t, l, changed); again != after {
				t.Errorf("got generation %d for the same once more, want %d", again, after)
			}
			rows, _ := log.RevocationsSince(t.Context(), 0, time.Time{}, 10)
			if got, _, _ := strings.Cut(rows[len(rows)-1].Reason, " ["); got != test.reason {
				t.Errorf("got reason %q, want %q", got, test.reason)
			}
			if len(rows) > 2 {
				t.Errorf("got %d rows for one change", len(rows))
			}
		})
	}
}

func TestLedger_restart(t *testing.T) {
	log, now := memory.New(), moment
	gen := note(t, node(t, log, &now, users.RevokeOn{}), alice())
	now = now.Add(30 * time.Minute)
	second := node(t, log, &now, users.RevokeOn{})
	if got := second.watched(now); len(got) != 1 || got[0] != 5 {
		t.Fatalf("got %v watched after a restart, want 5", got)
	}
	changed := alice()
	changed.pass = "$P$changed while we were away"
	note(t, second, changed)
	if lives(t, log, gen) {
		t.Error("a token outlived a change of password during a restart")
	}
}

func TestLedger_gone(t *testing.T) {
	log, now := memory.New(), moment
	l := node(t, log, &now, users.RevokeOn{})
	if err := l.gone(t.Context(), 5); err != nil || len(l.watched(now)) != 0 {
		t.Errorf("an unknown user was removed: %v", err)
	}
	gen := note(t, l, alice())
	for range 2 {
		if err := l.gone(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
	}
	if rows, _ := log.RevocationsSince(t.Context(), 0, time.Time{}, 10); lives(t, log, gen) || len(rows) != 2 {
		t.Errorf("got rows %v: want the tokens of a deleted user dead by one row", rows)
	}
	if got := l.watched(now); len(got) != 0 {
		t.Errorf("got watched users %v, want none", got)
	}
	if back := note(t, l, alice()); back <= gen || !lives(t, log, back) {
		t.Errorf("got generation %d for a user out of a backup, want one above %d that lives", back, gen)
	}
}

// TestLedger_twoNodes: what one node has seen applies on the other, and a change that both
// see starts one generation.
func TestLedger_twoNodes(t *testing.T) {
	log, now := memory.New(), moment
	a, b := node(t, log, &now, users.RevokeOn{}), node(t, log, &now, users.RevokeOn{})
	note(t, a, alice())
	if err := b.read(t.Context()); err != nil || len(b.watched(now)) != 1 {
		t.Fatalf("the second node does not watch the users of the first: %v", err)
	}
	changed := alice()
	changed.pass = "$P$new"
	first, second := note(t, a, changed), note(t, b, changed)
	if first != second || !lives(t, log, first) {
		t.Errorf("got generations %d and %d, alive %v", first, second, lives(t, log, first))
	}
}

func TestLedger_renewal(t *testing.T) {
	log, now := memory.New(), moment
	l := node(t, log, &now, users.RevokeOn{})
	note(t, l, alice())
	now = now.Add(time.Hour + time.Minute) // the row is kept for less than a token's life
	note(t, l, alice())
	if rows, _ := log.RevocationsSince(t.Context(), 0, time.Time{}, 10); len(rows) != 2 || !rows[1].Expires.Equal(now.Add(2*time.Hour)) {
		t.Errorf("got rows %v, want one more that holds for two hours", rows)
	}
	if got := l.watched(now.Add(3 * time.Hour)); len(got) != 0 {
		t.Errorf("got %v watched when no credential can live, want 0 entries", got)
	}
}

func TestLedger_othersRows(t *testing.T) {
	log, now := memory.New(), moment
	l := node(t, log, &now, users.RevokeOn{})
	note(t, l, alice())
	forged := alice()
	forged.pass = "forged"
	for _, r := range []api.Revocation{
		{Kind: api.RevokeSubject, Key: "wp:5", MinGen: 7, Reason: "log out everywhere", Actor: "admin"},
		{Kind: api.RevokeSubject, Key: "wp:5", MinGen: math.MaxInt64, Reason: "deleted by another system"},
		{Kind: api.RevokeToken, Key: "wp:5", MinGen: 99},
		{Kind: api.RevokeSubject, Key: "wp:05", MinGen: 99},
		{Kind: api.RevokeSubject, Key: "u_5", MinGen: 99},
		{Kind: api.RefreshUser, Key: "wp:5", MinGen: 8, Actor: "admin", Reason: "x [stamp " + forged.stamp().String() + "]"},
	} {
		r.At, r.Expires = now, now.Add(time.Hour)
		if err := log.AppendRevocations(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := note(t, l, alice()); got != 8 {
		t.Errorf("got generation %d, want 8, the highest that others gave this user", got)
	}
}

// TestLedger_logDown: a generation is returned only after it is in the log.
func TestLedger_logDown(t *testing.T) {
	now := moment
	l := node(t, memory.New(), &now, users.RevokeOn{})
	l.cfg.Log = brokenLog{}
	if gen, err := l.note(t.Context(), alice()); err == nil || gen != 0 {
		t.Errorf("got generation %d and no error without a log, want 0 and an error", gen)
	}
}

type brokenLog struct{}

func (brokenLog) AppendRevocations(context.Context, ...api.Revocation) error {
	return errors.New("disk full")
}

func (brokenLog) RevocationsSince(context.Context, int64, time.Time, int) ([]api.Revocation, error) {
	return nil, errors.New("disk full")
}

func TestStampIn(t *testing.T) {
	s := alice().stamp()
	if got, ok := stampIn("x" + stampOpen + s.String() + stampClose); !ok || got != s {
		t.Errorf("got %v, %v, want %v", got, ok, s)
	}
	for _, reason := range []string{"", "password changed", stampOpen + stampClose, stampOpen + "AAAA" + stampClose, stampOpen + s.String(), stampOpen + "!" + s.String()[1:] + stampClose} {
		if got, ok := stampIn(reason); ok {
			t.Errorf("stampIn(%q) = %v, want false", reason, got)
		}
	}
}

// TestStamp_older: a stamp of a version that did not record logins revokes nothing.
func TestStamp_older(t *testing.T) {
	now := alice().stamp()
	older := now
	older.login = 0
	text := older.String()
	read, ok := stampIn("x" + stampOpen + text[:len(text)-11] + stampClose) // 32 bytes are 43 letters
	if !ok || read != older {
		t.Errorf("an older stamp: got %v, %v; want true and %v", read, ok, older)
	}
	if what, revokes := now.changed(older, users.RevokeOn{}); what != "" || revokes {
		t.Errorf("changed: %q, %v", what, revokes)
	}
}
