package core_test

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// deed is an operation of the engine.
type deed struct {
	do    func(*faulty) error
	event string // the event that reports success; "" if there is none
	// spared are the calls whose failure does not fail the operation, each with the number
	// of earlier calls of the same name.
	spared []string
}

// deeds returns all operations that use the store, the directories or randomness.
func deeds() map[string]deed {
	all := map[string]deed{}
	for _, some := range []map[string]deed{requests(), tokenDeeds(), ends(), accountDeeds(), questions()} {
		maps.Copy(all, some)
	}
	return all
}

// Which calls may fail, and why.
var (
	counting = []string{"Users 0"}            // reads the hash formats in use, to set the cost of a check
	later    = []string{"RevocationsSince 0"} // the revocation is stored, so it applies at the next poll; the failure is logged
	// These find out whether the credential was already revoked, and the login for the
	// report. The revocation happens without them, and a subject is known without them.
	naming = []string{"UserBySubject 0", "UserBySubject 2", "UserBySubject 3"}
)

func requests() map[string]deed {
	decided := func(target string, header func(*faulty) api.Header) deed {
		return deed{do: func(f *faulty) error { return errorOf(f.decide(target, header(f))) }}
	}
	login := func(r core.LoginRequest) deed {
		return deed{event: "login-succeeded", spared: counting, do: func(f *faulty) error { _, err := f.Tokens().Login(context.Background(), r); return err }}
	}
	basic := decided("/store/x", func(*faulty) api.Header { return basicHeader("bob", password) })
	basic.spared = counting
	shop := func(f *faulty) api.Header { return bearer(f.shop.Access.Text.Reveal()) }
	native := func(f *faulty) api.Header { return bearer(f.token.Text.Reveal()) }
	key := func(f *faulty) api.Header { return keyHeader(f.rootKey) }
	return map[string]deed{
		"login":                         login(core.LoginRequest{Login: "bob", Password: password}),
		"login with an answer":          login(core.LoginRequest{Login: "bob", Password: password, Answers: map[string]string{"code": "1"}}),
		"login by e-mail":               login(core.LoginRequest{Login: "bob@example.org", Password: password}),
		"login at a site":               login(core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "shop"}),
		"Basic":                         basic,
		"a site's token":                decided("/shop/x", shop),
		"a site's token at its sister":  decided("/forum/x", shop),
		"native token":                  decided("/store/x", native),
		"API key":                       decided("/shop/admin/x", key),
		"API key at a sister":           decided("/forum/x", key),
		"Authenticate":                  {do: func(f *faulty) error { return errorOf(f.Authenticate(context.Background(), at("/shop/x", shop(f)))) }},
		"Authenticate by a sister's":    {do: func(f *faulty) error { return errorOf(f.Authenticate(context.Background(), at("/forum/x", shop(f)))) }},
		"Verify":                        {event: "token-validated", do: verified("shop", nil)},
		"Verify at a sister's endpoint": {event: "token-validated", do: verified("forum", at("/forum/x", nil))},
	}
}

// at returns a request to one of our own endpoints.
func at(path string, header api.Header) *api.Attempt {
	a := get(path, header)
	a.Path = path
	return a
}

func verified(format string, a *api.Attempt) func(*faulty) error {
	return func(f *faulty) error {
		r := core.VerifyRequest{Token: f.shop.Access.Text.Reveal(), TokenFormat: format, Attempt: a}
		_, err := f.Verify(context.Background(), r)
		return err
	}
}

func tokenDeeds() map[string]deed {
	ctx := context.Background()
	renewed := func(call func(*faulty, core.RefreshRequest) error, format string, event string) deed {
		return deed{event: event, do: func(f *faulty) error {
			g := f.grant
			if format != "" {
				g = f.shop
			}
			return call(f, core.RefreshRequest{Token: g.Refresh, TokenFormat: format})
		}}
	}
	refresh := func(f *faulty, r core.RefreshRequest) error { _, err := f.Tokens().Refresh(ctx, r); return err }
	renew := func(f *faulty, r core.RefreshRequest) error { _, err := f.Tokens().ReissueAccess(ctx, r); return err }
	presented := func(f *faulty, r core.RefreshRequest) error { _, _, err := f.Tokens().PeekRefresh(ctx, r); return err }
	return map[string]deed{
		"Issue": {event: "token-issued", do: func(f *faulty) error {
			_, err := f.Tokens().Issue(ctx, core.IssueRequest{Identity: f.bob.Identity("store")})
			return err
		}},
		"Issue of a site": {event: "token-issued", do: func(f *faulty) error {
			id := f.alice.Identity("store")
			id.Subject, id.Number, id.Directory = "shop:1", 1, "" // as a program may identify a user
			_, err := f.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: "shop"})
			return err
		}},
		"Begin": {event: "token-issued", do: func(f *faulty) error {
			_, err := f.Tokens().StartSession(ctx, core.BeginRequest{Identity: f.bob.Identity("store")})
			return err
		}},
		"Refresh":           renewed(refresh, "", "token-refreshed"),
		"Refresh of a site": renewed(refresh, "shop", "token-refreshed"),
		"Renew":             renewed(renew, "", "token-issued"),
		"Presented":         renewed(presented, "shop", ""),
	}
}

func ends() map[string]deed {
	ctx := context.Background()
	revoked := func(call func(*faulty) (core.Revoked, error), event string, spared ...string) deed {
		return deed{event: event, spared: spared, do: func(f *faulty) error { _, err := call(f); return err }}
	}
	credential := func(of func(*faulty) api.Secret, event string, spared ...string) deed {
		return revoked(func(f *faulty) (core.Revoked, error) { return f.Admin().RevokeCredential(ctx, of(f), "stolen", "op") }, event, spared...)
	}
	access := func(f *faulty) api.Secret { return f.shop.Access.Text }
	refresh := func(f *faulty) api.Secret { return f.grant.Refresh }
	key := func(f *faulty) api.Secret { return api.Secret(f.key) }
	return map[string]deed{
		"Revoke": {event: "token-revoked", do: func(f *faulty) error { return f.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) }},
		"Logout": {event: "session-ended", do: func(f *faulty) error { return f.Tokens().Logout(ctx, f.proved(f.grant.Access)) }},
		"Logout, no session": {event: "token-revoked", do: func(f *faulty) error {
			id := f.proved(f.token)
			id.Proof.Session = ""
			return f.Tokens().Logout(ctx, id)
		}},
		"Logout, not kept": {event: "token-revoked", do: func(f *faulty) error { return f.Tokens().Logout(ctx, f.proved(f.token)) }},
		"Logout, tokens kept": {event: "session-ended", do: func(f *faulty) error {
			p := f.config.Policy
			p.Tokens.KeepOnLogout = true
			f.must(f.Reload(ctx, p))
			return f.Tokens().Logout(ctx, f.proved(f.grant.Access))
		}},
		"LogoutAll":                 {spared: later, do: func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "u_bob", "test", "test") }},
		"LogoutAll, a sister too":   {do: func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "shop:1", "test", "test") }},
		"EndSession":                {event: "session-ended", do: func(f *faulty) error { return f.Admin().EndSession(ctx, f.grant.Session, "test", "test") }},
		"CloseSession":              {event: "session-ended", do: func(f *faulty) error { return f.Tokens().CloseSession(ctx, f.grant.Session, "test", "test") }},
		"RevokeToken":               {event: "token-revoked", do: func(f *faulty) error { return f.Tokens().RevokeToken(ctx, access(f)) }},
		"RevokeToken of a session":  {event: "session-ended", do: func(f *faulty) error { return f.Tokens().RevokeToken(ctx, refresh(f)) }},
		"ReportLeaked":              {event: "apikey-revoked", do: func(f *faulty) error { return f.Tokens().ReportLeaked(ctx, key(f), api.Peer{}) }},
		"RevokeCredential, access":  credential(access, "", "UserBySubject 0", "shop 2"),
		"RevokeCredential, refresh": credential(refresh, "", naming...),
		"RevokeCredential, key":     credential(key, "", naming...),
		"RevokeAPIKeyID":            revoked(func(f *faulty) (core.Revoked, error) { return f.Admin().RevokeAPIKeyID(ctx, f.keyID, "stolen", "op") }, "", naming...),
		"RevokeSessionID": revoked(func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeSessionID(ctx, f.grant.Session, "stolen", "op")
		}, "", naming...),
		"RevokeTokenID": revoked(func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeTokenID(ctx, "", f.token.ID, "stolen", "op")
		}, "token-revoked",
			"Session 0", "APIKey 0"), /* only warn of a wrong kind of id */
		"RevokeUser": revoked(func(f *faulty) (core.Revoked, error) { return f.Admin().RevokeUser(ctx, "bob", "stolen", "op") }, "",
			append([]string{"UserBySubject 0", "UserBySubject 2", "UserBySubject 4"}, later...)...),
		"RevokeUser, subject": revoked(func(f *faulty) (core.Revoked, error) { return f.Admin().RevokeUser(ctx, "shop:1", "stolen", "op") }, "",
			"shop 0", "UserBySubject 0", "shop 2", "UserBySubject 1", "shop 5"),
		"RotateKeys": {event: "key-rotated", do: func(f *faulty) error { return f.Admin().RotateKeys(ctx, "test") }},
		"RevokeKey":  {do: func(f *faulty) error { return f.Admin().RevokeKey(ctx, f.Keys().Active().ID, "test") }},
	}
}

// proved is bob as a token proves him.
func (f *faulty) proved(issued core.Issued) api.Identity {
	id := f.bob.Identity("store")
	id.Proof = api.Proof{TokenID: issued.ID, Session: issued.Session}
	return id
}

func accountDeeds() map[string]deed {
	ctx, name := context.Background(), "Robert"
	changed := func(call func(*core.Accounts, string) error) deed {
		return deed{event: "user-changed", spared: later, do: func(f *faulty) error { return call(f.accounts, f.bob.Subject) }}
	}
	return map[string]deed{
		"Create": changed(func(a *core.Accounts, _ string) error {
			_, err := a.Create(ctx, users.NewUser{Subject: "u_new", Login: "new", Email: "new@example.org", Password: password}, "test")
			return err
		}),
		"SetPassword": changed(func(a *core.Accounts, who string) error { return a.SetPassword(ctx, who, password, "test") }),
		"disable":     changed(func(a *core.Accounts, who string) error { return a.SetDisabled(ctx, who, true, "test") }),
		"enable":      changed(func(a *core.Accounts, who string) error { return a.SetDisabled(ctx, who, false, "test") }),
		"enable, of a disabled one": {event: "user-changed", spared: []string{"RevocationsSince 0", "RevocationsSince 1"}, do: func(f *faulty) error {
			if err := f.accounts.SetDisabled(ctx, f.bob.Subject, true, "test"); err != nil {
				return err
			}
			f.drained()
			f.forget("user-changed")
			return f.accounts.SetDisabled(ctx, f.bob.Subject, false, "test")
		}},
		"SetRoles": changed(func(a *core.Accounts, who string) error { return a.SetRoles(ctx, who, nil, "test") }),
		"Update": changed(func(a *core.Accounts, who string) error {
			return a.Update(ctx, who, users.Change{FirstName: &name, Login: &name}, "test")
		}),
		"Delete": {event: "user-deleted", spared: later, do: func(f *faulty) error { return f.accounts.Delete(ctx, f.bob, "test") }},
		"CreateAPIKey": {event: "apikey-created", do: func(f *faulty) error {
			_, _, err := f.accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: f.bob.Subject}, "test")
			return err
		}},
		"RotateAPIKey": {spared: later, do: func(f *faulty) error { _, err := f.accounts.RotateAPIKey(ctx, f.keyID, time.Hour, "test"); return err }},
		"RevokeAPIKey": {event: "apikey-revoked", do: func(f *faulty) error { return f.accounts.RevokeAPIKey(ctx, f.keyID, "test") }},
	}
}

// questions change nothing.
func questions() map[string]deed {
	ctx := context.Background()
	return map[string]deed{
		"List":         {do: func(f *faulty) error { _, err := f.accounts.List(ctx, 0, 10); return err }},
		"APIKeys":      {do: func(f *faulty) error { _, err := f.accounts.APIKeys(ctx, "", "", "", 10); return err }},
		"Sessions":     {do: func(f *faulty) error { _, err := f.Admin().Sessions(ctx, "", "", 10); return err }},
		"LiveSessions": {do: func(f *faulty) error { _, err := f.Admin().LiveSessions(ctx, "u_bob"); return err }},
		"User":         {do: func(f *faulty) error { _, err := f.Tokens().User(ctx, "shop:1"); return err }},
		"UserByNumber": {do: func(f *faulty) error { _, err := f.Tokens().UserByNumber(ctx, "shop", 1); return err }},
		"UserByLogin":  {do: func(f *faulty) error { _, err := f.Tokens().UserByLogin(ctx, "shop", "root"); return err }},
		"Identity":     {do: func(f *faulty) error { _, err := f.Tokens().Identity(ctx, "bob"); return err }},
		"FindSubject":  {spared: []string{"shop 0"}, do: func(f *faulty) error { _, _, err := f.Admin().FindSubject(ctx, "shop:1"); return err }},
		"Ready":        {do: func(f *faulty) error { return f.Ready(ctx) }},
		"Prune":        {do: func(f *faulty) error { return f.Admin().Prune(ctx) }},
		"Upkeep": {do: func(f *faulty) error {
			return errors.Join(errorOf(f.decide("/store/x", keyHeader(f.key))), f.Admin().Upkeep(ctx))
		}},
		"HashForms":        {do: func(f *faulty) error { _, err := f.Admin().HashForms(ctx); return err }},
		"CountHashForms":   {do: func(f *faulty) error { return f.Admin().CountHashForms(ctx) }},
		"Inspect, access":  {do: inspect(func(f *faulty) api.Secret { return f.shop.Access.Text })},
		"Inspect, refresh": {spared: []string{"UserBySubject 0"}, do: inspect(func(f *faulty) api.Secret { return f.grant.Refresh })},
		"Inspect, key":     {do: inspect(func(f *faulty) api.Secret { return api.Secret(f.key) })},
		"SessionState": {do: func(f *faulty) error {
			_, err := f.Admin().SessionState(ctx, f.session)
			return err
		}},
		"APIKeyState": {do: func(f *faulty) error {
			_, err := f.accounts.APIKeyState(ctx, api.APIKey{Subject: "shop:1"})
			return err
		}},
		"OldSecretState": {do: func(f *faulty) error {
			_, err := f.accounts.OldSecretState(ctx, api.APIKey{Subject: "shop:1"})
			return err
		}},
	}
}

func inspect(of func(*faulty) api.Secret) func(*faulty) error {
	return func(f *faulty) error { _, err := f.Introspect(context.Background(), of(f)); return err }
}
