package wordpress_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// within is the documented bound: a change in WordPress ends tokens within a second.
const within = time.Second

// testDirectory logs in with WordPress's users and changes them in WordPress.
func testDirectory(t *testing.T, site *parts.Site) {
	letRead(t, site)
	log := memory.New()
	dir, err := wordpress.Open(t.Context(), wordpress.Config{
		DSN: api.Secret("ro:ro-pass@tcp(" + site.DB.Addr + ")/wordpress"), Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	index := session.NewIndex()
	tail, err := session.Follow(t.Context(), log, index, session.TailConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close()
	d := loginTest{dir: dir, pw: users.NewPasswords(users.PasswordConfig{})}
	t.Run("login", d.login)
	t.Run("as WordPress", func(t *testing.T) { d.asWordPress(t, site) })
	t.Run("phone number", func(t *testing.T) { d.phone(t, site) })
	t.Run("application password", func(t *testing.T) { d.application(t, site) })
	for name, code := range map[string]string{
		"role change":      "(new WP_User(%d))->set_role('subscriber');",
		"role added":       "(new WP_User(%d))->add_role('author');",
		"password change":  "wp_set_password('another-pass', %d);",
		"profile password": "wp_update_user(['ID' => %d, 'user_pass' => 'another-pass']);",
		"e-mail change":    "wp_update_user(['ID' => %d, 'user_email' => 'other-' . uniqid() . '@example.test']);",
		"deletion":         "wp_delete_user(%d);",
	} {
		t.Run(name, func(t *testing.T) { d.revokes(t, site, index, code) })
	}
	t.Run("no change", func(t *testing.T) { d.keeps(t, site, index) })
}

type loginTest struct {
	dir *wordpress.Directory
	pw  *users.Passwords
}

func (d loginTest) check(t *testing.T, login string, password api.Secret) (api.Identity, error) {
	t.Helper()
	id, _, err := users.Check(t.Context(), []users.Directory{d.dir}, d.pw, login, password, users.CheckOptions{})
	return id, err
}

func (d loginTest) login(t *testing.T) {
	id, err := d.check(t, "EDITOR1", " editor1-pass\n")
	want := api.Identity{Subject: "wp:2", Number: 2, Directory: "wordpress", Login: "editor1", Email: "editor1@example.test", Nicename: "editor1", Display: "Edna Editor", FirstName: "Edna", LastName: "Editor", Gen: 1}
	if roles := id.Roles; err != nil || !slices.Equal(roles, []string{"editor"}) || fmt.Sprint(id.WithRoles()) != fmt.Sprint(want.WithRoles()) {
		t.Errorf("got %+v, %v, want %+v", id, err, want)
	}
	if id, err := d.check(t, "sub1@Example.test", "sub1-pass"); err != nil || id.Number != 4 {
		t.Errorf("by e-mail: got %+v, %v; want Number 4", id, err)
	}
	for name, test := range map[string]struct {
		login    string
		password api.Secret
		reason   string
	}{
		"wrong":          {"editor1", "Editor1-pass", api.ReasonWrongPassword},
		"unknown":        {"nobody", "editor1-pass", api.ReasonUnknownUser},
		"unknown e-mail": {"nobody@example.test", "editor1-pass", api.ReasonUnknownEmail},
		"accent":         {"édìtor1", "editor1-pass", api.ReasonUnknownUser}, // the same to MariaDB
		"percent":        {"editor%", "editor1-pass", api.ReasonUnknownUser},
		"quote":          {"' OR 1=1 -- ", "editor1-pass", api.ReasonUnknownUser},
		"not UTF-8":      {"editor1\xff", "editor1-pass", api.ReasonUnknownUser},
	} {
		if _, err := d.check(t, test.login, test.password); api.ReasonOf(err) != test.reason {
			t.Errorf("%s: got %v, want %s", name, err, test.reason)
		}
	}
}

// asWordPress compares logins here with those of WordPress itself, through its form
// (slashed) and as plugins call it (raw).
func (d loginTest) asWordPress(t *testing.T, site *parts.Site) {
	const odd = `it's "a\b" 1`
	inPHP := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return "json_decode(base64_decode('" + base64.StdEncoding.EncodeToString(text) + "'), true)"
	}
	site.Run(t, `
foreach (['quoted' => 'wp_update_user', 'rawly' => 'wp_set_password'] as $login => $by) {
    $id = wp_insert_user(['user_login' => $login, 'user_pass' => 'first-pass', 'user_email' => "$login@example.test"]);
    $p = `+inPHP(odd)+`;
    $by === 'wp_update_user' ? wp_update_user(wp_slash(['ID' => $id, 'user_pass' => $p])) : wp_set_password($p, $id);
}
wp_insert_user(['user_login' => 'Anna Maria', 'user_pass' => 'first-pass', 'user_email' => 'anna@example.test']);
$id = wp_insert_user(['user_login' => 'rene', 'user_pass' => 'first-pass', 'user_email' => 'rene@example.test']);
$GLOBALS['wpdb']->update($GLOBALS['wpdb']->users, ['user_login' => 'rené'], ['ID' => $id]);
`)
	for name, tc := range map[string]struct{ login, password, want string }{
		"slashed":              {"quoted", odd, "quoted"},
		"raw":                  {"rawly", odd, "rawly"},
		"wrong by a quote":     {"quoted", strings.ReplaceAll(odd, "'", ""), ""},
		"wrong by a backslash": {"rawly", strings.ReplaceAll(odd, `\`, ""), ""},
		"of another":           {"editor1", odd, ""},
		"blanks":               {"  Anna   Maria ", "first-pass", "Anna Maria"},
		"a tab":                {"anna\tmaria", "first-pass", "Anna Maria"},
		"tags":                 {"<b>anna maria</b>", "first-pass", "Anna Maria"},
		"an entity":            {"anna&nbsp; maria", "first-pass", "Anna Maria"},
		"percent":              {"anna%20 maria", "first-pass", "Anna Maria"},
		"a sign without width": {"an\u200bna maria", "first-pass", "Anna Maria"},
		"a mark of byte order": {"\ufeffanna maria", "first-pass", "Anna Maria"},
		"composed":             {"ren\u00e9", "first-pass", "ren\u00e9"},
		"decomposed":           {"rene\u0301", "first-pass", "ren\u00e9"},
		"nothing left":         {"<b>", "first-pass", ""},
		"an e-mail address":    {" anna@example.test ", "first-pass", "Anna Maria"},
	} {
		theirs := site.Run(t, "foreach ([true, false] as $slash) { $p = "+inPHP(tc.password)+"; $u = wp_authenticate("+inPHP(tc.login)+", $slash ? wp_slash($p) : $p); if (!is_wp_error($u)) { echo $u->user_login; break; } }")
		id, err := d.check(t, tc.login, api.Secret(tc.password))
		if ours := id.Login; theirs != tc.want || ours != tc.want || tc.want == "" && api.CodeOf(err) != api.Unauthenticated {
			t.Errorf("%s: WordPress takes it for %q, we for %q (%v); want %q", name, theirs, ours, err, tc.want)
		}
	}
}

// phone compares logins by phone number with the user whom WordPress finds by it.
func (d loginTest) phone(t *testing.T, site *parts.Site) {
	site.Run(t, "update_user_meta(2, 'billing_phone', '+43 (1) 555-0100'); update_user_meta(4, 'billing_phone', '0555/0101'); update_user_meta(3, 'phone', '555-0102');")
	for phone, want := range map[string]int64{"+43 (1) 555-0100": 2, "0555/0101": 4, "+4315550100": 0, "555-0102": 0, "555-010%": 0} {
		theirs := site.Run(t, fmt.Sprintf("echo (int) (get_users(['meta_key' => 'billing_phone', 'meta_value' => '%s', 'fields' => 'ID'])[0] ?? 0);", phone))
		password := cmp.Or(map[int64]api.Secret{4: "sub1-pass"}[want], "editor1-pass")
		id, _, err := users.Check(t.Context(), []users.Directory{d.dir}, d.pw, phone, password, users.CheckOptions{Phone: true})
		if theirs != fmt.Sprint(want) || id.Number != want || (err == nil) != (want != 0) {
			t.Errorf("%s: WordPress finds %s, we %d (%v); want %d", phone, theirs, id.Number, err, want)
		}
	}
}

func (d loginTest) application(t *testing.T, site *parts.Site) {
	password := site.Run(t, "list($p) = WP_Application_Passwords::create_new_application_password(3, ['name' => 'phone']); echo WP_Application_Passwords::chunk_password($p);")
	u, a, err := d.dir.CheckApplicationPassword(t.Context(), d.pw, "author1", api.Secret(password))
	if err != nil || u.Number != 3 || a.Name != "phone" || a.UUID == "" || a.Created.IsZero() {
		t.Errorf("got user %d, %+v, %v", u.Number, a, err)
	}
	for name, login := range map[string]string{"another user": "editor1", "nobody": "nobody"} {
		if _, _, err := d.dir.CheckApplicationPassword(t.Context(), d.pw, login, api.Secret(password)); api.CodeOf(err) != api.Unauthenticated {
			t.Errorf("%s: CheckApplicationPassword: got %v, want code %s", name, err, api.Unauthenticated)
		}
	}
	if _, _, err := d.dir.CheckApplicationPassword(t.Context(), d.pw, "author1", "author1-pass"); api.CodeOf(err) != api.Unauthenticated {
		t.Errorf("the login password is not an application password: got %v, want code %s", err, api.Unauthenticated)
	}
	if id, err := d.check(t, "author1", api.Secret(password)); err != nil || id.Number != 3 { // as WordPress's REST API takes it
		t.Errorf("login with an application password: got %+v, %v", id, err)
	}
	if _, err := d.check(t, "editor1", api.Secret(password)); api.ReasonOf(err) != api.ReasonWrongPassword {
		t.Errorf("login with another's application password: got %v, want reason %q", err, api.ReasonWrongPassword)
	}
}

// newcomer creates a user and returns the identity that a token of theirs would have.
func (d loginTest) newcomer(t *testing.T, site *parts.Site) api.Identity {
	t.Helper()
	login := "u" + fmt.Sprint(time.Now().UnixNano())
	site.Run(t, fmt.Sprintf("wp_insert_user(['user_login' => '%[1]s', 'user_pass' => 'first-pass', 'user_email' => '%[1]s@example.test', 'role' => 'editor']);", login))
	id, err := d.check(t, login, "first-pass")
	if err != nil {
		t.Fatal(err)
	}
	id.Proof.IssuedAt = time.Now()
	return id
}

func (d loginTest) revokes(t *testing.T, site *parts.Site, index *session.Index, code string) {
	id := d.newcomer(t, site)
	if _, revoked := index.Revoked(&id); revoked {
		t.Fatal("a fresh token is revoked")
	}
	// PHP prints when the change was done, since it takes time to start and to end.
	var done float64
	if _, err := fmt.Sscan(site.Run(t, fmt.Sprintf(code, id.Number)+" printf('%.6f', microtime(true));"), &done); err != nil {
		t.Fatal(err)
	}
	changed := time.UnixMicro(int64(done * 1e6))
	for {
		asked := time.Now()
		if _, revoked := index.Revoked(&id); revoked {
			t.Logf("dead %s after the change", asked.Sub(changed).Round(time.Millisecond))
			break
		}
		if asked.Sub(changed) > 10*within {
			t.Fatal("the token outlived the change")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if now, err := d.dir.BySubject(t.Context(), id.Subject); err == nil {
		fresh := now.Identity("wordpress")
		if _, revoked := index.Revoked(&fresh); revoked {
			t.Error("what is issued after the change is dead, too")
		}
	} else if !errors.Is(err, api.ErrNotFound) {
		t.Error(err)
	}
}

// keeps: most changes of a user in WordPress are no reason to revoke anything.
func (d loginTest) keeps(t *testing.T, site *parts.Site, index *session.Index) {
	id := d.newcomer(t, site)
	site.Run(t, fmt.Sprintf("wp_update_user(['ID' => %[1]d, 'first_name' => 'New', 'description' => 'x']); update_user_meta(%[1]d, 'session_tokens', []); get_password_reset_key(new WP_User(%[1]d));", id.Number))
	time.Sleep(within + within/2) // nothing may happen for longer than a revocation takes
	if kind, revoked := index.Revoked(&id); revoked {
		t.Errorf("revoked by %s though nothing of weight changed", kind)
	}
}
