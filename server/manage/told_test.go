package manage_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestChanges_blocked: the response to a change of a user says until when failed passwords
// delay their logins, which is then refused.
func TestChanges_blocked(t *testing.T) {
	const long = time.Hour
	for name, tc := range map[string]struct {
		guesses string // login that is tried with wrong passwords
		times   int
		blocked bool
	}{
		"none":            {"anna", 0, false},
		"few":             {"anna", 2, false},
		"too many":        {"anna", 3, true},
		"by e-mail":       {"anna@example.org", 3, true},
		"of another user": {"carl", 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := openWith(t, throttle.Config{Pair: throttle.Scope{Free: 2, First: long, Max: long}, User: throttle.Scope{Max: long}})
			ctx := t.Context()
			o.begin()
			for range tc.times {
				o.engine.Tokens().Login(ctx, core.LoginRequest{Login: tc.guesses, Password: "wrong"})
			}
			set, err := o.SetPassword(ctx, "anna", "another long one")
			o.must(err)
			off, err := o.SetDisabled(ctx, "anna", true)
			o.must(err)
			on, err := o.SetDisabled(ctx, "anna", false)
			o.must(err)
			for what, until := range map[string]time.Time{"set": set.BlockedUntil, "disabled": off.BlockedUntil, "enabled": on.BlockedUntil} {
				if until.IsZero() == tc.blocked || tc.blocked && until.Before(time.Now()) {
					t.Errorf("%s: blocked until %v, want blocked: %t", what, until, tc.blocked)
				}
			}
			_, err = o.engine.Tokens().Login(ctx, core.LoginRequest{Login: "anna", Password: "another long one"})
			if throttled := api.CodeOf(err) == api.Throttled; throttled != tc.blocked {
				t.Errorf("login: %v, want throttled: %t", err, tc.blocked)
			}
		})
	}
}

// TestLists_named: what a list shows in its column of users selects their rows, and so do
// the other names of a user.
func TestLists_named(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	key, _, _ := o.begin()
	for _, who := range []string{"anna", "ANNA", "anna@example.org", key.Subject} {
		var keys, sessions int
		err := errors.Join(
			o.APIKeys(ctx, who, "", func(manage.APIKey) error { keys++; return nil }),
			o.Sessions(ctx, who, func(manage.Session) error { sessions++; return nil }))
		if err != nil || keys != 1 || sessions != 1 {
			t.Errorf("%s: %d keys, %d sessions, %v; want one of each", who, keys, sessions, err)
		}
	}
	if err := o.APIKeys(ctx, "nobody", "", func(manage.APIKey) error { return nil }); api.ReasonOf(err) != api.ReasonUnknownUser {
		t.Errorf("nobody: got %v, want reason %q", err, api.ReasonUnknownUser)
	}
}

// site is a read-only directory with one user until gone is set. While down is set it does not
// answer.
type site struct {
	gone, down bool
	asked      int // how often while it was down
}

func (s *site) Name() string             { return "shop" }
func (s *site) Owns(subject string) bool { return strings.HasPrefix(subject, "shop:") }
func (s *site) one(is bool) (u api.User, err error) {
	if s.down {
		s.asked++
		return u, errors.New("connection refused")
	}
	if s.gone || !is {
		return u, fmt.Errorf("user: %w", api.ErrNotFound)
	}
	return api.User{Subject: "shop:3", Number: 3, Login: "bob", Email: "bob@shop.example", Roles: []string{"editor"}}, nil
}
func (s *site) BySubject(_ context.Context, subject string) (api.User, error) {
	return s.one(subject == "shop:3")
}
func (s *site) ByNumber(_ context.Context, n int64) (api.User, error) { return s.one(n == 3) }
func (s *site) ByLogin(_ context.Context, login string) (api.User, error) {
	return s.one(login == "bob")
}
func (s *site) ByEmail(_ context.Context, mail string) (api.User, error) {
	return s.one(mail == "bob@shop.example")
}

// TestRevokeAPIKey_userGone: the key of a user whom the site has deleted can be revoked, and
// the command that the answer leads to does what it says, also for a user who comes back.
func TestRevokeAPIKey_userGone(t *testing.T) {
	dir := &site{}
	o := openWith(t, throttle.Config{}, dir)
	ctx := t.Context()
	var keys [2]manage.APIKey
	for i := range keys {
		var err error
		keys[i], err = o.CreateAPIKey(ctx, manage.NewAPIKey{Login: "bob"})
		o.must(err)
	}
	states := func(who string) (list []string) {
		o.must(o.APIKeys(ctx, who, "", func(k manage.APIKey) error { list = append(list, k.State); return nil }))
		return list
	}
	dir.gone = true
	for _, state := range states("shop:3") {
		if state != "its user is gone" {
			t.Errorf("the key of a user who is gone is %q", state)
		}
	}
	r, err := o.RevokeAPIKey(ctx, keys[0].ID)
	o.must(err)
	if r.User != "shop:3" {
		t.Fatalf("the answer names user %q, want the subject: %+v", r.User, r)
	}
	if _, err = o.RevokeAPIKey(ctx, keys[0].ID); api.CodeOf(err) != api.Conflict {
		t.Errorf("again: %v, want a conflict", err)
	}
	_, err = o.Logout(ctx, r.User)
	o.must(err)
	dir.gone = false
	if got := strings.Join(states("bob"), " "); got != "revoked revoked" {
		t.Errorf("once the user is back the keys are %q", got)
	}
}

// TestChanges_failedTarget: the log line of a revocation that failed names what it was about,
// and an error of the store is Unavailable whatever was to be revoked.
func TestChanges_failedTarget(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	key, _, token := o.begin()
	for what, tc := range map[string]struct{ text, target string }{
		"access token": {token, `target="" `},
		"API key":      {key.Key, "target=" + key.ID + " "},
	} {
		o.log.Reset()
		o.store.Writes.Store(true)
		_, err := o.RevokeToken(ctx, api.Secret(tc.text), "")
		o.store.Writes.Store(false)
		if api.CodeOf(err) != api.Unavailable || !strings.Contains(o.log.String(), tc.target) || strings.Contains(o.log.String(), tc.text) {
			t.Errorf("%s: %v, logged %s", what, err, &o.log)
		}
	}
}

// TestDirectoryDown: while a directory does not answer, keys of its users are listed and can
// be revoked. The response says what cannot be told.
func TestDirectoryDown(t *testing.T) {
	dir := &site{}
	o := openWith(t, throttle.Config{}, dir)
	ctx := t.Context()
	own, _, _ := o.begin()
	key, err := o.CreateAPIKey(ctx, manage.NewAPIKey{Login: "bob"})
	o.must(err)
	dir.down = true
	states := map[string]string{}
	o.must(o.APIKeys(ctx, "", "", func(k manage.APIKey) error { states[k.ID] = k.State; return nil }))
	if states[own.ID] != manage.StateLive || !strings.HasPrefix(states[key.ID], manage.StateUnknown+": ") || !strings.Contains(states[key.ID], "connection refused") {
		t.Errorf("the keys are %v", states)
	}
	r, err := o.RevokeAPIKey(ctx, key.ID)
	if err != nil || r.ID != key.ID || !strings.Contains(r.Uncounted, "connection refused") {
		t.Errorf("revoked: %+v, %v; want the reason why nothing is counted", r, err)
	}
	if r, err := o.Logout(ctx, "shop:3"); err != nil || r.Subject != "shop:3" || !strings.Contains(r.Uncounted, "connection refused") || strings.Count(r.Uncounted, "connection refused") > 1 {
		t.Errorf("session revoke --user shop:3: %+v, %v; want the reason why nothing is counted", r, err)
	}
	dir.asked = 0
	if r, err := o.Logout(ctx, "shop:4"); err != nil || r.Subject != "shop:4" {
		t.Errorf("session revoke --user of a user without a key: %+v, %v", r, err)
	}
	if dir.asked > 7 { // each may take 3 s, and a change has 25 s
		t.Errorf("the directory is asked %d times", dir.asked)
	}
	if log := o.log.String(); !strings.Contains(log, `msg="administrative act" actor=cli:olga what="apikey revoke"`) || !strings.Contains(log, "uncounted=") {
		t.Errorf("the log says %s", log)
	}
}

// TestChanges_misnamed: an ID or login that is given in place of another kind is said to be
// what it is, and the reason leads to the command for it.
func TestChanges_misnamed(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	key, session, _ := o.begin()
	kid := o.engine.Keys().Active().ID
	names := map[string]string{key.ID: core.ReasonAPIKeyID, session: core.ReasonSessionID, "anna": manage.ReasonLogin, kid: manage.ReasonSigningKey, "none": ""}
	for what, c := range map[string]struct {
		takes string // the reason of a name that it takes
		do    func(name string) error
	}{
		"apikey revoke":         {core.ReasonAPIKeyID, func(name string) error { _, err := o.RevokeAPIKey(ctx, name); return err }},
		"apikey rotate":         {core.ReasonAPIKeyID, func(name string) error { _, err := o.RotateAPIKey(ctx, name, 0); return err }},
		"session revoke":        {core.ReasonSessionID, func(name string) error { _, err := o.RevokeSession(ctx, name); return err }},
		"session revoke --user": {manage.ReasonLogin, func(name string) error { _, err := o.Logout(ctx, name); return err }},
		"user delete":           {manage.ReasonLogin, func(name string) error { _, err := o.DeleteUser(ctx, name); return err }},
		"user passwd":           {manage.ReasonLogin, func(name string) error { _, err := o.SetPassword(ctx, name, password); return err }},
		"keys revoke":           {manage.ReasonSigningKey, func(name string) error { _, err := o.Keys().Revoke(ctx, name); return err }},
		"token revoke":          {"", func(name string) error { _, err := o.RevokeToken(ctx, api.Secret(name), ""); return err }},
	} {
		for name, reason := range names {
			if reason == c.takes && reason != "" {
				continue
			}
			e := api.AsError(c.do(name))
			if e == nil {
				t.Fatalf("%s %s: it succeeds", what, name)
			}
			if reason == "" && e.Code != api.NotFound || reason != "" && (e.Code != api.Conflict || e.Reason != reason || e.About != name) {
				t.Errorf("%s %s: %v, about %q; want reason %q", what, name, e, e.About, reason)
			}
		}
	}
}

// takingLogin lists what takes the login of a user. The last one deletes the user.
func (o *adminServer) takingLogin() []struct {
	what    string
	changes bool // the user, which must be in a directory that can be changed
	lives   bool // it needs the directory of the user, whatever the user is called
	do      func(who string) error
} {
	ctx := o.t.Context()
	return []struct {
		what           string
		changes, lives bool
		do             func(who string) error
	}{
		{"session list", false, false, func(who string) error { return o.Sessions(ctx, who, func(manage.Session) error { return nil }) }},
		{"apikey list", false, false, func(who string) error { return o.APIKeys(ctx, who, "", func(manage.APIKey) error { return nil }) }},
		{"apikey create", false, true, func(who string) error { _, err := o.CreateAPIKey(ctx, manage.NewAPIKey{Login: who}); return err }},
		{"token issue", false, true, func(who string) error { _, err := o.Issue(ctx, manage.NewToken{Login: who}); return err }},
		{"session revoke --user", false, false, func(who string) error { _, err := o.Logout(ctx, who); return err }},
		{"user passwd", true, true, func(who string) error { _, err := o.SetPassword(ctx, who, password+"2"); return err }},
		{"user disable", true, true, func(who string) error { _, err := o.SetDisabled(ctx, who, true); return err }},
		{"user delete", true, true, func(who string) error { _, err := o.DeleteUser(ctx, who); return err }},
	}
}

// TestUsers_ambiguous: a login that users of two directories have names none of them, and
// neither does one that a directory that does not answer may have. The subjects do, and the
// error names those that are known.
func TestUsers_ambiguous(t *testing.T) {
	for _, down := range []bool{false, true} {
		dir := &site{}
		o := openWith(t, throttle.Config{}, dir)
		u, err := o.AddUser(t.Context(), manage.NewUser{Login: "bob", Password: password})
		o.must(err)
		dir.down = down
		wants := u.Subject + " or shop:3"
		if down {
			wants = "by the subject, " + u.Subject
		}
		for _, c := range o.takingLogin() {
			before := o.state()
			if err := c.do("bob"); api.ReasonOf(err) != manage.ReasonAmbiguous || !strings.Contains(err.Error(), "nothing was done") || !strings.Contains(err.Error(), wants) || o.state() != before {
				t.Errorf("%s bob, down %t: %v; want %q, and no change", c.what, down, err, wants)
			}
			if err := c.do(u.Subject); err != nil {
				t.Errorf("%s %s, down %t: %v", c.what, u.Subject, down, err)
			}
			about := "shop:3"
			if c.what == "user delete" {
				about = "bob" // there is one left
			}
			switch err := c.do("shop:3"); {
			case down && c.lives:
				if api.ReasonOf(err) != manage.ReasonUnlooked || !strings.Contains(err.Error(), "nothing was done") || api.AsError(err).About != "shop:3" {
					t.Errorf("%s shop:3, down: %v; want that nothing was done", c.what, err)
				}
			case !c.changes && err != nil, c.changes && (api.ReasonOf(err) != api.ReasonReadOnly || api.AsError(err).About != about):
				t.Errorf("%s shop:3, down %t: %v", c.what, down, err)
			}
		}
		for _, c := range o.takingLogin() { // the user is deleted
			if err := c.do("bob"); down && (api.ReasonOf(err) != manage.ReasonUnlooked || !strings.Contains(err.Error(), "nothing was done") || api.AsError(err).About != "") {
				t.Errorf("%s bob of the other directory, down: %v; want that nothing was done", c.what, err)
			}
		}
	}
}

// TestUsers_named: what an answer or a list names a user by, and what an error does, is taken
// by commands: the subject if the login is ambiguous.
func TestUsers_named(t *testing.T) {
	dir := &site{}
	o := openWith(t, throttle.Config{}, dir)
	ctx := t.Context()
	for _, login := range []string{"bob", "anna"} {
		dir.down = false
		u, err := o.AddUser(ctx, manage.NewUser{Login: login, Password: password})
		o.must(err)
		for _, dir.down = range []bool{false, true} {
			want := u.Subject
			if login == "anna" && !dir.down {
				want = "anna"
			}
			off, err := o.SetDisabled(ctx, u.Subject, true)
			o.must(err)
			on, err := o.SetDisabled(ctx, u.Subject, false)
			o.must(err)
			set, err := o.SetPassword(ctx, u.Subject, password+"2")
			o.must(err)
			names := map[string]string{"disabled": off.Name, "enabled": on.Name, "password": set.Name}
			_, err = o.CreateAPIKey(ctx, manage.NewAPIKey{Login: u.Subject})
			o.must(err)
			o.must(o.APIKeys(ctx, u.Subject, "", func(k manage.APIKey) error { names["key"] = k.User; return nil }))
			_, err = o.RevokeSession(ctx, login)
			if e := api.AsError(err); e.Reason == manage.ReasonLogin {
				names["misnamed"] = e.About
			} else if e.Reason != manage.ReasonLogins || !strings.Contains(e.Error(), u.Subject) {
				t.Errorf("session revoke %s, down %t: %v", login, dir.down, err)
			}
			for what, got := range names {
				if got != want {
					t.Errorf("%s, down %t: %s names %q, want %q", login, dir.down, what, got, want)
				}
			}
		}
		key, err := o.CreateAPIKey(ctx, manage.NewAPIKey{Login: u.Subject})
		o.must(err)
		_, err = o.SetDisabled(ctx, u.Subject, true)
		o.must(err)
		if _, err := o.RotateAPIKey(ctx, key.ID, 0); api.ReasonOf(err) != api.ReasonDisabled || api.AsError(err).About != u.Subject {
			t.Errorf("apikey rotate of %s: %v about %q", login, err, api.AsError(err).About)
		}
	}
}
