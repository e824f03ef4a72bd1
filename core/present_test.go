package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

func TestPresented_keepsTheToken(t *testing.T) {
	ctx := context.Background()
	now := time.Unix(1_800_000_000, 0)
	paired := core.NativeTokenFormat("pairs")
	paired.Name, paired.Paired = "pairs", true
	e, err := core.New(ctx, core.Config{
		Now: func() time.Time { return now }, Policy: core.Policy{TokenFormats: []core.TokenFormat{paired}},
		Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(ctx, users.NewUser{Login: "ann", Password: "correct horse"}, "test"); err != nil {
		t.Fatal(err)
	}
	id, err := e.Tokens().Identity(ctx, "ann")
	if err != nil {
		t.Fatal(err)
	}
	g, err := e.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: "pairs"})
	if err != nil {
		t.Fatal(err)
	}
	good := func(what string, issued core.Issued, want bool) {
		t.Helper()
		_, err := e.Verify(ctx, core.VerifyRequest{Token: issued.Text.Reveal(), TokenFormat: "pairs"})
		if (err == nil) != want {
			t.Errorf("%s: got %v, want good %v", what, err, want)
		}
	}
	use := core.RefreshRequest{Token: g.Refresh, TokenFormat: "pairs"}
	for range 2 {
		renewed, err := e.Tokens().ReissueAccess(ctx, use)
		if err != nil || renewed.Refresh != "" {
			t.Fatalf("renew: %v, refresh token %q; want none, and the old one still good", err, renewed.Refresh)
		}
		good("renewed", renewed.Access, true)
	}
	next, err := e.Tokens().Refresh(ctx, use)
	if err != nil {
		t.Fatal(err)
	}
	good("the first of the pair, after the refresh", g.Access, false)
	good("the second", next.Access, true)
	if _, _, err := e.Tokens().PeekRefresh(ctx, use); api.ReasonOf(err) != api.ReasonRefreshReused {
		t.Errorf("a used token within the grace window: got %v, want %s", err, api.ReasonRefreshReused)
	}
	good("the second, after that", next.Access, true)
	now = now.Add(time.Minute)
	if _, _, err := e.Tokens().PeekRefresh(ctx, use); api.ReasonOf(err) != api.ReasonRefreshReused {
		t.Errorf("a used token later: got %v, want %s", err, api.ReasonRefreshReused)
	}
	good("the second, after a reuse", next.Access, false)
}

func TestCloseSession_tokensLiveOn(t *testing.T) {
	ctx := context.Background()
	e, err := core.New(ctx, core.Config{Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(ctx, users.NewUser{Login: "ann", Password: "correct horse"}, "test"); err != nil {
		t.Fatal(err)
	}
	id, err := e.Tokens().Identity(ctx, "ann")
	if err != nil {
		t.Fatal(err)
	}
	g, err := e.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: "native"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Tokens().CloseSession(ctx, g.Session, "test", "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Verify(ctx, core.VerifyRequest{Token: g.Access.Text.Reveal()}); err != nil {
		t.Errorf("an access token of a closed session: %v", err)
	}
	if _, err := e.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, TokenFormat: "native"}); api.ReasonOf(err) != api.ReasonRefreshEnded {
		t.Errorf("its refresh token: got %v, want %s", err, api.ReasonRefreshEnded)
	}
	if live, err := e.Admin().LiveSessions(ctx, id.Subject); err != nil || len(live) != 0 {
		t.Errorf("live sessions: got %v, %v; want 0 entries", live, err)
	}
}
