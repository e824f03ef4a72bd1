package users_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

const program = "abcd EFGH ijkl MNOP qrst 6789"

// programs is a directory in which alice has an application password.
type programs struct {
	fakeDirectory
	hash api.Secret
	err  error
}

var _ users.Applications = programs{}

func (d programs) FitsApplication(ctx context.Context, pw *users.Passwords, u api.User, password api.Secret) (id string, err error) {
	if d.err != nil {
		return "", d.err
	}
	if u.Login != "alice" {
		return "", pw.VerifyNone(ctx, password)
	}
	return "alice's", pw.Verify(ctx, d.hash, password)
}

func TestCheck_applications(t *testing.T) {
	pw := cheap()
	own, err := pw.Hash(t.Context(), "right password")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := pw.Hash(t.Context(), program)
	if err != nil {
		t.Fatal(err)
	}
	known := fakeDirectory{name: "site", users: []api.User{
		{Subject: "alice", Login: "alice", Hash: own}, {Subject: "bob", Login: "bob", Hash: own}, {Subject: "off", Login: "off", Hash: own, Disabled: true},
	}}
	site := programs{fakeDirectory: known, hash: hash}
	for name, test := range map[string]struct {
		dir             users.Directory
		login, password string
		reason          string // "" for success
		hashes          int64
		only            bool // only application passwords
	}{
		"a program's":              {site, "alice", program, "", 2, false},
		"her own":                  {site, "alice", "right password", "", 1, false},
		"another's":                {site, "bob", program, api.ReasonWrongPassword, 2, false},
		"nobody's":                 {site, "carol", program, api.ReasonUnknownUser, 2, false},
		"not of that form":         {site, "alice", program + "!", api.ReasonWrongPassword, 1, false},
		"too short":                {site, "alice", program[1:], api.ReasonWrongPassword, 1, false},
		"directory without any":    {known, "alice", program, api.ReasonWrongPassword, 1, false},
		"nobody's, without any":    {known, "carol", program, api.ReasonUnknownUser, 1, false},
		"disabled, and not theirs": {site, "off", program, api.ReasonWrongPassword, 2, false},
		"only, a program's":        {site, "alice", program, "", 1, true},
		"only, her own":            {site, "alice", "right password", api.ReasonWrongPassword, 0, true},
		"only, another's":          {site, "bob", program, api.ReasonWrongPassword, 1, true},
		"only, nobody's":           {site, "carol", program, api.ReasonUnknownUser, 1, true},
		"only, nobody's own":       {site, "carol", "right password", api.ReasonUnknownUser, 0, true},
		"only, without any":        {known, "alice", program, api.ReasonWrongPassword, 0, true},
		"only, nobody's, no such":  {known, "carol", program, api.ReasonUnknownUser, 0, true},
		"only, disabled":           {site, "off", program, api.ReasonWrongPassword, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := pw.Runs()
			id, _, err := users.Check(t.Context(), []users.Directory{test.dir}, pw, test.login, api.Secret(test.password), users.CheckOptions{ApplicationOnly: test.only})
			if got := api.ReasonOf(err); got != test.reason || (err == nil) != (id.Subject == test.login) {
				t.Errorf("got %q %v, want reason %q", id.Subject, err, test.reason)
			}
			if isProgram := err == nil && test.password == program; isProgram != (id.Proof.Application == "alice's") || !isProgram && id.Proof.Application != "" {
				t.Errorf("got application password %q", id.Proof.Application)
			}
			if got := pw.Runs() - before; got != test.hashes {
				t.Errorf("cost %d hashes, want %d", got, test.hashes)
			}
		})
	}
	_, _, err = users.Check(t.Context(), []users.Directory{programs{fakeDirectory: known, err: errors.New("gone")}}, pw, "alice", program, users.CheckOptions{})
	if api.CodeOf(err) != api.Unavailable {
		t.Errorf("a directory that fails: got %v, want unavailable", err)
	}
}

// TestLooksLikeApplication: 24 letters and digits match, with blanks anywhere; adjacent
// characters do not.
func TestLooksLikeApplication(t *testing.T) {
	for _, good := range "azAZ09" {
		if text := strings.Repeat(string(good), 24); !users.LooksLikeApplication(api.Secret(text)) {
			t.Errorf("%q is none", text)
		}
	}
	for _, bad := range "`{@[/:\t\n\u00a0é-" {
		if text := strings.Repeat("a", 23) + string(bad); users.LooksLikeApplication(api.Secret(text)) || users.LooksLikeApplication(api.Secret(text+"a")) {
			t.Errorf("%q is one", text)
		}
	}
	for n, want := range map[int]bool{0: false, 23: false, 24: true, 25: false, 48: false} {
		if text := " " + strings.Repeat("a ", n); users.LooksLikeApplication(api.Secret(text)) != want {
			t.Errorf("%d letters: want %v", n, want)
		}
	}
}
