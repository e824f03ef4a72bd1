package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// kinds lists the kinds of rows and what each adds to the index.
var kinds = []struct {
	kind   api.RevocationKind
	keyed  bool // has a key, and one entry until it expires
	timed  bool // has a time up to which credentials are revoked
	repeat bool // each repetition counts as a change
}{
	{api.RevokeToken, true, false, false},
	{api.RevokeSession, true, false, false},
	{api.RevokeAPIKey, true, false, false},
	{api.RevokeKey, true, false, false},
	{api.RevokeSubject, true, true, true},
	{api.RefreshUser, true, false, true},
	{api.RevokeClient, true, true, true},
	{api.RevokeAll, false, true, false},
}

func told(x *session.Index) bool {
	select {
	case <-x.Changed():
		return true
	default:
		return false
	}
}

// TestIndex_kinds tests for each kind what is reported, counted and removed.
func TestIndex_kinds(t *testing.T) {
	for _, k := range kinds {
		x := session.NewIndex()
		row := api.Revocation{Kind: k.kind, At: moment, Expires: moment.Add(time.Minute)}
		if k.keyed {
			x.Apply(row) // a row without a key has no effect
			if x.Generation() != 0 || x.Len() != 0 || told(x) {
				t.Errorf("%s: a row without a key made a difference", k.kind)
			}
			row.Key = "k"
		}
		x.Apply(row)
		first := x.Generation()
		if first == 0 || !told(x) || told(x) {
			t.Errorf("%s: generation %d", k.kind, first)
		}
		if want := map[bool]int{true: 1}[k.keyed]; x.Len() != want {
			t.Errorf("%s: got %d entries, want %d", k.kind, x.Len(), want)
		}
		if latest := x.Latest(); latest.IsZero() == k.timed || k.timed && !latest.Equal(moment) {
			t.Errorf("%s: latest %v", k.kind, latest)
		}
		x.Apply(row)
		if got := x.Generation() > first; got != k.repeat || told(x) != k.repeat || x.Len() > 1 {
			t.Errorf("%s: a second time is a change: %v, want %v", k.kind, got, k.repeat)
		}
		x.Expire(moment.Add(time.Minute))
		if k.keyed && x.Len() != 1 {
			t.Errorf("%s: the entry was removed before its end", k.kind)
		}
		x.Expire(moment.Add(3 * time.Minute))
		if x.Len() != 0 || x.Unknown() != 0 {
			t.Errorf("%s: %d entries stay, %d are unknown", k.kind, x.Len(), x.Unknown())
		}
	}
}

// TestIndex_unknown: rows written by a newer version are counted.
func TestIndex_unknown(t *testing.T) {
	x := session.NewIndex()
	x.Apply(api.Revocation{Kind: "tenant", Key: "t"}, api.Revocation{Kind: "region", Key: "r"}, api.Revocation{Kind: "tenant"})
	if x.Unknown() != 2 || x.Generation() != 0 || x.Len() != 0 {
		t.Errorf("got %d unknown rows, generation %d, %d entries; want Unknown 2, Generation 0 and Len 0", x.Unknown(), x.Generation(), x.Len())
	}
}

// TestIndex_unknownAge: a credential whose time of issue is unknown counts as issued before
// any revocation.
func TestIndex_unknownAge(t *testing.T) {
	for name, p := range map[string]api.Proof{
		"token id": {TokenID: "j"}, "session": {Session: "s"}, "API key": {APIKey: "a"}, "signing key": {KeyID: "k"}, "": {},
	} {
		x := session.NewIndex()
		x.Apply(api.Revocation{Kind: api.RevokeAll, At: moment})
		if _, got := x.Revoked(&api.Identity{Proof: p}); got != (name != "") {
			t.Errorf("%q: got revoked %v", name, got)
		}
	}
}

// TestIndex_all: an option may exempt API keys, and an unknown one exempts nothing.
func TestIndex_all(t *testing.T) {
	token, key := api.Identity{Proof: api.Proof{TokenID: "j", IssuedAt: moment}}, api.Identity{Proof: api.Proof{APIKey: "a", IssuedAt: moment}}
	for row, want := range map[string][2]bool{"": {true, true}, api.SpareAPIKeys: {true, false}, "tomorrow": {true, true}} {
		x := session.NewIndex()
		x.Apply(api.Revocation{Kind: api.RevokeAll, Key: row, At: moment})
		_, gotToken := x.Revoked(&token)
		_, gotKey := x.Revoked(&key)
		if gotToken != want[0] || gotKey != want[1] {
			t.Errorf("%q: token %v, key %v, want %v", row, gotToken, gotKey, want)
		}
	}
}

// TestIndex_HitsIssued tests which credentials, if issued now, would already be revoked.
func TestIndex_HitsIssued(t *testing.T) {
	id := api.Identity{Subject: "s", Gen: 3, Client: "c", Proof: api.Proof{APIKey: "a", TokenID: "j", Session: "f", KeyID: "k"}}
	row := func(kind api.RevocationKind, key string, minGen int64) api.Revocation {
		return api.Revocation{Kind: kind, Key: key, At: moment, MinGen: minGen}
	}
	for name, tc := range map[string]struct {
		row       api.Revocation
		with, non bool // with a generation, without one
	}{
		"nothing":              {row("", "", 0), false, false},
		"all":                  {row(api.RevokeAll, "", 0), true, true},
		"all but API keys":     {row(api.RevokeAll, api.SpareAPIKeys, 0), true, true}, // new credentials are not API keys
		"the user":             {row(api.RevokeSubject, "s", 0), true, true},
		"a generation it has":  {row(api.RevokeSubject, "s", 3), false, true},
		"a generation above":   {row(api.RevokeSubject, "s", 4), true, true},
		"another user":         {row(api.RevokeSubject, "o", 0), false, false},
		"the client":           {row(api.RevokeClient, "c", 0), true, true},
		"another client":       {row(api.RevokeClient, "o", 0), false, false},
		"the token shown":      {row(api.RevokeToken, "j", 0), false, false},
		"the session shown":    {row(api.RevokeSession, "f", 0), false, false},
		"a user who has grown": {row(api.RefreshUser, "s", 9), false, false},
	} {
		x := session.NewIndex()
		x.Apply(tc.row)
		for noGen, want := range map[bool]bool{false: tc.with, true: tc.non} {
			if got := x.HitsIssued(&id, moment, noGen); got != want {
				t.Errorf("%s, no generation %v: got %v, want %v", name, noGen, got, want)
			}
			if x.HitsIssued(&id, moment.Add(time.Second), noGen) && tc.row.MinGen <= id.Gen {
				t.Errorf("%s, no generation %v: hit a second later", name, noGen)
			}
		}
	}
}

// TestHasRefreshForm_bytes tests each byte at each position of a token.
func TestHasRefreshForm_bytes(t *testing.T) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	good := "cdr_" + strings.Repeat("0", 22) + "_" + strings.Repeat("0", 43) + "_" + strings.Repeat("0", 6)
	for i := range len(good) {
		for c := range 256 {
			text := good[:i] + string([]byte{byte(c)}) + good[i+1:]
			want := good[i] == byte(c) || good[i] == '0' && strings.IndexByte(digits, byte(c)) >= 0
			if got := session.HasRefreshForm(text); got != want {
				t.Errorf("HasRefreshForm(%q) = %v, want %v", text, got, want)
			}
			if got := session.HoldsRefresh("cdr_ cdr_" + text + "cdr_"); got != want {
				t.Errorf("in a text with %q: got %v, want %v", text, got, want)
			}
		}
		if session.HasRefreshForm(good[:i]) || session.HoldsRefresh(good[:i]) || session.HasRefreshForm(good+good[i:]) {
			t.Errorf("of another length it has the form (%d)", i)
		}
	}
	for text, want := range map[string]bool{good: true, "x" + good: true, good + "x": true, good[:76]: false, "cdr_": false, "": false, good[:70] + good: true, strings.Repeat("x", 100): false} {
		if got := session.HoldsRefresh(text); got != want {
			t.Errorf("holds %q: got %v, want %v", text, got, want)
		}
	}
}
