package tokencmd

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestConfirmed: yes is taken in any case, and nothing else.
func TestConfirmed(t *testing.T) {
	for answer, want := range map[string]bool{"yes": true, "YES": true, "Yes ": true, "y": true, "Y": true, "no": false, "": false, "yess": false} {
		cmd := newRevoke()
		cmd.SetIn(strings.NewReader(answer + "\n"))
		cmd.SetErr(&bytes.Buffer{})
		if err := confirmed(cmd, false); (err == nil) != want {
			t.Errorf("%q: confirmed: got %v, want an error: %v", answer, err, !want)
		}
	}
}

// TestMayDecide: an omitted mount may decide on a token unless another mount is known to.
func TestMayDecide(t *testing.T) {
	refresh := func(format string) manage.Inspection {
		return manage.Inspection{What: "refresh token", TokenFormat: format}
	}
	access := func(format string) manage.Inspection {
		return manage.Inspection{What: "access token", TokenFormat: format, State: manage.StateLive}
	}
	refused := manage.Inspection{What: "access token", State: "expired"}
	shop, unknown, any := command.LeftMount{Name: "shop", Issuer: "s"}, command.LeftMount{Name: "shop"}, command.LeftMount{}
	for _, c := range []struct {
		m      command.LeftMount
		issuer string
		i      manage.Inspection
		want   bool
	}{
		{shop, "", refresh("shop"), true}, {any, "", refresh("shop"), true}, {shop, "", refresh("blog"), false},
		{shop, "", refresh("native"), false}, {any, "", refresh("native"), false}, {any, "", refresh(""), false},
		{shop, "s", access("native"), false}, {unknown, "s", access("native"), false},
		{shop, "s", access("blog"), true}, {shop, "b", access("blog"), false}, {unknown, "b", access("blog"), false}, {shop, "", access("blog"), false},
		{shop, "s", refused, true}, {shop, "b", refused, false}, {shop, "", refused, true}, {unknown, "b", refused, true}, {any, "b", refused, true},
	} {
		if got := mayDecide(c.m, c.issuer, c.i); got != c.want {
			t.Errorf("%+v, issuer %q, %+v: got %t, want %v", c.m, c.issuer, c.i, got, c.want)
		}
	}
}
