package app

import (
	"strconv"
	"testing"
	"time"
)

// TestAttacks_lifecycle sends the LIFE rows that need one server. LIFE-08 and LIFE-09,
// for which the store is down, and LIFE-12, two issuers with one jti, are tested with the
// engine.
func TestAttacks_lifecycle(t *testing.T) {
	const everything = "/"
	for name, play := range map[string]func(*testServer) (now, after answer){
		"LIFE-01 refresh token as access token": func(g *testServer) (answer, answer) {
			p := g.login("alice")
			return g.get(everything, bearer(p.Access)), g.get(everything, bearer(p.Refresh))
		},
		"LIFE-05 after the grace of a retired key": func(g *testServer) (answer, answer) {
			p, e := g.login("alice"), g.Engine()
			g.must(e.Admin().RotateKeys(g.t.Context(), "test"))
			_, err := e.Keys().Tick(g.t.Context(), time.Now().Add(time.Hour)) // the next key signs
			g.must(err)
			in := g.get(everything, bearer(p.Access))
			_, err = e.Keys().Tick(g.t.Context(), time.Now().Add(40*24*time.Hour))
			g.must(err)
			return in, g.get(everything, bearer(p.Access))
		},
		"LIFE-06 key removed": func(g *testServer) (answer, answer) {
			p := g.login("alice")
			in := g.get(everything, bearer(p.Access))
			g.must(g.Engine().Admin().RevokeKey(g.t.Context(), g.Engine().Keys().Active().ID, "test"))
			return in, g.get(everything, bearer(p.Access))
		},
		"LIFE-10 disabled": func(g *testServer) (answer, answer) {
			p := g.login("alice")
			in := g.get(everything, bearer(p.Access))
			g.must(g.accounts.SetDisabled(g.t.Context(), g.subject("alice"), true, "test"))
			if got := g.post("/auth/refresh", map[string]string{"refresh_token": p.Refresh}); got.status != 401 {
				g.t.Errorf("refresh: got %d %s, want status 401", got.status, got.body)
			}
			return in, g.get(everything, bearer(p.Access))
		},
		"LIFE-11 password changed": func(g *testServer) (answer, answer) {
			p := g.login("alice")
			in := g.get(everything, bearer(p.Access))
			g.must(g.accounts.SetPassword(g.t.Context(), g.subject("alice"), "another password", "test"))
			if got := g.post("/auth/refresh", map[string]string{"refresh_token": p.Refresh}); got.status != 401 {
				g.t.Errorf("refresh: got %d %s, want status 401", got.status, got.body)
			}
			return in, g.get(everything, bearer(p.Access))
		},
		"LIFE-17 revoked though remembered": func(g *testServer) (answer, answer) {
			p := g.login("alice")
			g.get(everything, bearer(p.Access))
			in := g.get(everything, bearer(p.Access))
			g.post("/auth/revoke", map[string]string{"token": p.Access})
			return in, g.get(everything, bearer(p.Access))
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := openTestServer(t, "")
			g.t = t
			now, after := play(g)
			if now.status != 200 || after.status != 401 {
				t.Errorf("got %d at first, then %d %s; want 200, then 401", now.status, after.status, after.body)
			}
		})
	}
}

func (g *testServer) subject(login string) string {
	g.t.Helper()
	id, err := g.Engine().Tokens().Identity(g.t.Context(), login)
	g.must(err)
	return id.Subject
}

// LIFE-07: a revoked token stays invalid in its other spellings.
func TestAttacks_revokedTwins(t *testing.T) {
	g, _ := openAttacked(t)
	rows := map[string]attack{}
	for _, a := range readAttacks(t) {
		rows[a.ID] = a
	}
	for original, twins := range map[string][]string{"CTRL-ES256": {"SIG-08"}, "CTRL-HS256": {"SIG-14", "ENC-02"}} {
		if got := g.get("/", bearer(rows[original].Token)); got.status != 200 {
			t.Errorf("%s gets %d before", original, got.status)
		}
		g.post("/auth/revoke", map[string]string{"token": rows[original].Token})
		for _, id := range append(twins, original) {
			if got := g.get("/", bearer(rows[id].Token)); rows[id].Token != "" && got.status != 401 && got.status != 400 {
				t.Errorf("%s after %s was revoked: got %d", id, original, got.status)
			}
		}
	}
}

// A weak secret in the configuration verifies and never signs.
func TestServer_weakSecret(t *testing.T) {
	g := openTestServer(t, "keys: {secret: hunter2hunter2, allow_weak_secret: true}\n")
	p := g.login("alice")
	if got := g.get("/", bearer(p.Access)); got.status != 200 {
		t.Fatalf("our own token: got %d %s, want status 200", got.status, got.body)
	}
	issuer := "http://127.0.0.1:0"
	old := forge(`{"alg":"HS256","typ":"at+jwt"}`, `{"iss":"`+issuer+`","sub":"`+g.subject("bob")+
		`","iat":`+unix(-time.Minute)+`,"exp":`+unix(time.Hour)+`,"jti":"x","gen":1,"preferred_username":"bob"}`, []byte("hunter2hunter2"))
	if got := g.get("/", bearer(old)); got.status != 200 {
		t.Errorf("the old site's token: got %d %s, want status 200", got.status, got.body)
	}
	if key := g.Engine().Keys().Active(); key.Weak || key.ID == "weak-secret" {
		t.Errorf("%s signs", key)
	}
	if _, err := tryLoad(t, serverConfig+"keys: {secret: hunter2hunter2}\n"); err == nil {
		t.Error("a weak secret is accepted without asking for it")
	}
}

func unix(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }

func TestServer_leakedAndRated(t *testing.T) {
	g := openTestServer(t, "")
	rated := g.ratedKey(2)
	for i, want := range []int{200, 200, 429} {
		got := g.get("/", "X-API-Key: "+rated)
		if got.status != want || (want == 429) != (got.header.Get("Retry-After") == "30") {
			t.Errorf("call %d: got %d, Retry-After %q; want %d", i+1, got.status, got.header.Get("Retry-After"), want)
		}
	}
	key := g.ratedKey(0)
	if got := g.post("/auth/apikeys/leaked", map[string]string{"key": key}); got.status != 204 {
		t.Errorf("leak report: got %d %s, want status 204", got.status, got.body)
	}
	if got := g.get("/", "X-API-Key: "+key); got.status != 401 {
		t.Errorf("the leaked key gets %d", got.status)
	}
}
