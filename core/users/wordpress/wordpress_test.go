package wordpress_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/directorytest"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

func TestMain(m *testing.M) { os.Exit(parts.Main(m)) }

// network is a database in the form of a WordPress 6.9 network, whose second site is under
// test. The password is "password" in every hash format.
const network = `
CREATE DATABASE wp CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci; USE wp;
CREATE TABLE x_users (ID bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_login varchar(60) NOT NULL DEFAULT '', user_pass varchar(255) NOT NULL DEFAULT '',
 user_nicename varchar(50) NOT NULL DEFAULT '', user_email varchar(100) NOT NULL DEFAULT '', user_registered datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
 user_status int NOT NULL DEFAULT 0, display_name varchar(250) NOT NULL DEFAULT '', spam tinyint NOT NULL DEFAULT 0, deleted tinyint NOT NULL DEFAULT 0,
 KEY user_login_key (user_login), KEY user_email (user_email));
CREATE TABLE x_usermeta (umeta_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id bigint unsigned NOT NULL DEFAULT 0, meta_key varchar(255), meta_value longtext,
 KEY user_id (user_id), KEY meta_key (meta_key(191)));
CREATE TABLE x_2_options (option_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, option_name varchar(191) UNIQUE, option_value longtext);
INSERT INTO x_2_options (option_name, option_value) VALUES ('x_2_user_roles', 'a:2:{s:6:"editor";a:2:{s:4:"name";s:6:"Editor";s:12:"capabilities";a:1:{s:4:"read";b:1;}}s:8:"customer";a:1:{s:4:"name";s:8:"Customer";}}');
INSERT INTO x_users (ID, user_login, user_pass, user_nicename, user_email, user_registered, display_name) VALUES
 (1, 'member', '$wp$2y$04$v.69zxU7il.ys9pWNWgpteX2iSmrNo6jf7T2dnvbpRBnyJzSbDhLy', 'member', 'member@example.org', '2026-01-02 03:04:05', 'Mem Ber'),
 (2, 'elsewhere', '5f4dcc3b5aa765d61d8327deb882cf99', 'elsewhere', 'elsewhere@example.org', '2026-01-02 03:04:05', ''),
 (3, 'odd', '$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/', 'odd', '', '0000-00-00 00:00:00', ''),
 (4, 'spammer', '5f4dcc3b5aa765d61d8327deb882cf99', '', 'spam@example.org', NOW(), ''),
 (5, 'broken', '5f4dcc3b5aa765d61d8327deb882cf99', '', 'broken@example.org', NOW(), ''),
 (6, 'Twin', '5f4dcc3b5aa765d61d8327deb882cf99', '', '', NOW(), 'first'),
 (7, 'twin', '*', '', '', NOW(), 'second'),
 (8, 'aaron', '5f4dcc3b5aa765d61d8327deb882cf99', '', '', NOW(), '');
UPDATE x_users SET spam = 1 WHERE ID = 4;
INSERT INTO x_usermeta (user_id, meta_key, meta_value) VALUES
 (1, 'x_2_capabilities', 'a:4:{s:6:"editor";b:1;s:13:"upload_things";b:1;s:8:"customer";b:0;s:7:"unknown";b:1;}'), (1, 'x_capabilities', 'a:1:{s:13:"administrator";b:1;}'),
 (1, 'first_name', 'Mem'), (1, 'last_name', 'Ber'),
 (2, 'x_capabilities', 'a:1:{s:6:"editor";b:1;}'), (3, 'x_2_capabilities', ''), (4, 'x_2_capabilities', 'a:0:{}'),
 (5, 'x_2_capabilities', 'O:8:"stdClass":0:{}'), (6, 'x_2_capabilities', 'a:0:{}'), (7, 'x_2_capabilities', 'a:0:{}'), (8, 'x_2_capabilities', 'a:0:{}'),
 (1, '_application_passwords', 'a:1:{i:0;a:7:{s:4:"uuid";s:1:"u";s:6:"app_id";s:0:"";s:4:"name";s:5:"phone";s:8:"password";s:49:"$generic$P8-iUWk_sS1VPtd_pjSym5TpWvzdsuFXFv4f5r0f";s:7:"created";i:1795284215;s:9:"last_used";N;s:7:"last_ip";N;}}');
INSERT INTO x_usermeta (user_id, meta_key, meta_value) SELECT 4, meta_key, meta_value FROM x_usermeta WHERE user_id = 1 AND meta_key = '_application_passwords';
INSERT INTO x_usermeta (user_id, meta_key, meta_value) VALUES
 (1, 'billing_phone', '+43 (1) 555-0100'), (3, 'billing_phone', '+43 (1) 555-0100'), (2, 'billing_phone', '555-0101'), (3, 'billing_phone', '555-0101'),
 (2, 'billing_phone', '555-0102'), (3, 'shipping_phone', '555-0103'), (3, 'billing_phone', '５５５-0104'), (4, 'billing_phone', '555-0105'),
 (3, 'billing_phone', '555-0106'), (8, 'billing_phone', '555-0106');
CREATE USER ro@127.0.0.1 IDENTIFIED BY 'ro-pass'; GRANT ALL ON wp.* TO ro@127.0.0.1;
`

func open(t *testing.T, db *parts.Database, log wordpress.Log) *wordpress.Directory {
	t.Helper()
	dir, err := wordpress.Open(t.Context(), wordpress.Config{
		DSN: api.Secret("ro:ro-pass@tcp(" + db.Addr + ")/wp"), Prefix: "x_", Site: 2, Log: log, Every: 20 * time.Millisecond, Timeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

func TestDirectory(t *testing.T) {
	db := parts.MariaDB(t)
	db.Exec(t, "", network)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	log := memory.New()
	t.Run("rows", func(t *testing.T) { testRows(t, open(t, db, log)) })
	t.Run("contract", func(t *testing.T) {
		directorytest.Run(t, directorytest.Case{
			Open:    func(t *testing.T) users.Directory { return open(t, db, memory.New()) },
			Know:    api.User{Subject: "wp:1", Number: 1, Login: "member", Email: "member@example.org"},
			Unknown: []string{"wp:01", "wp:2", "elsewhere", "mémber", "elsewhere@example.org"},
		})
	})
	t.Run("passwords", func(t *testing.T) { testPasswords(t, open(t, db, log)) })
	t.Run("phone numbers", func(t *testing.T) { testPhones(t, open(t, db, log)) })
	t.Run("changes", func(t *testing.T) { testChanges(t, db) })
	t.Run("network", func(t *testing.T) { testNetwork(t, db) })
	t.Run("super administrators", func(t *testing.T) { testSuperAdmins(t, db) })
	t.Run("database down", func(t *testing.T) { testDown(t, db) })
}

func testRows(t *testing.T, dir *wordpress.Directory) {
	ctx := t.Context()
	want := api.User{
		Subject: "wp:1", Number: 1, Login: "member", Email: "member@example.org", Nicename: "member", Display: "Mem Ber",
		FirstName: "Mem", LastName: "Ber", Roles: []string{"editor"}, Gen: 1,
		Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Updated: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	for name, find := range map[string]func() (api.User, error){
		"subject": func() (api.User, error) { return dir.BySubject(ctx, "wp:1") },
		"number":  func() (api.User, error) { return dir.ByNumber(ctx, 1) },
		"login":   func() (api.User, error) { return dir.ByLogin(ctx, " MEMBER ") },
		"email":   func() (api.User, error) { return dir.ByEmail(ctx, "Member@Example.org") },
	} {
		got, err := find()
		got.Hash = ""
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for name, find := range map[string]func() (api.User, error){
		"no member":          func() (api.User, error) { return dir.ByLogin(ctx, "elsewhere") },
		"no member, subject": func() (api.User, error) { return dir.BySubject(ctx, "wp:2") },
		"accent":             func() (api.User, error) { return dir.ByLogin(ctx, "mémber") },
		"no login":           func() (api.User, error) { return dir.ByLogin(ctx, " ") },
		"no address":         func() (api.User, error) { return dir.ByEmail(ctx, "") }, // user 3 has none
		"odd subject":        func() (api.User, error) { return dir.BySubject(ctx, "wp:01") },
		"other subject":      func() (api.User, error) { return dir.BySubject(ctx, "u_1") },
		"number 0":           func() (api.User, error) { return dir.ByNumber(ctx, 0) },
	} {
		if u, err := find(); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("%s: got %+v, %v, want not found", name, u, err)
		}
	}
	if u, err := dir.ByLogin(ctx, "odd"); err != nil || u.Roles != nil || !u.Created.IsZero() {
		t.Errorf("a member without roles: got %+v, %v", u, err)
	}
	if u, err := dir.ByLogin(ctx, "spammer"); err != nil || !u.Disabled {
		t.Errorf("a spammer: got %+v, %v", u, err)
	}
	if u, err := dir.ByLogin(ctx, "broken"); api.CodeOf(err) != api.Unavailable || !strings.Contains(err.Error(), "x_2_capabilities") {
		t.Errorf("capabilities that cannot be read: ByLogin(\"broken\") = %+v, %v; want code %s and an error with %q", u, err, api.Unavailable, "x_2_capabilities")
	}
	for login, number := range map[string]int64{"Twin": 6, "twin": 7, "TWIN": 6} {
		if u, err := dir.ByLogin(ctx, login); err != nil || u.Number != number {
			t.Errorf("%s: got %d, %v, want %d", login, u.Number, err, number)
		}
	}
	// The account may write here, but the directory's connections may not.
	if err := dir.Exec(t, "UPDATE x_users SET spam = 0"); err == nil || !strings.Contains(err.Error(), "READ ONLY") {
		t.Errorf("a write: got %v, want a refusal", err)
	}
	if err := dir.Ping(ctx); err != nil || dir.Name() != "wordpress" {
		t.Errorf("got %v from ping, name %q; want Name \"wordpress\"", err, dir.Name())
	}
}

// testPhones logs in with phone numbers, which WooCommerce keeps as customers write them.
func testPhones(t *testing.T, dir *wordpress.Directory) {
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	for _, tc := range []struct {
		name, phone string
		opts        users.CheckOptions
		number      int64
		reason      string
	}{
		{"as it is stored, of the first of two", "+43 (1) 555-0100", users.CheckOptions{Phone: true}, 1, ""},
		{"of the first by login, as WordPress lists them", "555-0106", users.CheckOptions{Phone: true}, 8, ""},
		{"where logins by phone are off", "+43 (1) 555-0100", users.CheckOptions{}, 0, api.ReasonUnknownUser},
		{"written in another way", "+4315550100", users.CheckOptions{Phone: true}, 0, api.ReasonUnknownUser},
		{"the first has it at another site of the network", "555-0101", users.CheckOptions{Phone: true}, 3, ""},
		{"nobody has it at this site", "555-0102", users.CheckOptions{Phone: true}, 0, api.ReasonUnknownUser},
		{"another kind of number", "555-0103", users.CheckOptions{Phone: true}, 0, api.ReasonUnknownUser},
		{"equal only to the collation", "555-0104", users.CheckOptions{Phone: true}, 0, api.ReasonUnknownUser},
		{"of a spammer", "555-0105", users.CheckOptions{Phone: true}, 0, api.ReasonDisabled},
		{"blanks around the typed one", " 555-0101 ", users.CheckOptions{Phone: true}, 3, ""},
		{"a pattern", "555-010_", users.CheckOptions{Phone: true}, 0, api.ReasonUnknownUser},
		{"a statement", "1' OR '1'='1", users.CheckOptions{Phone: true}, 0, api.ReasonUnknownUser},
	} {
		id, _, err := users.Check(t.Context(), []users.Directory{dir}, pw, tc.phone, "password", tc.opts)
		if id.Number != tc.number || api.ReasonOf(err) != tc.reason {
			t.Errorf("%s: got user %d, %v, want %d and reason %q", tc.name, id.Number, err, tc.number, tc.reason)
		}
	}
}

func testPasswords(t *testing.T, dir *wordpress.Directory) {
	const application = "Vpth 7kBA PFLu ix4d panL 1FPl"
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	forms, err := users.HashForms(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, f := range forms {
		count[f.Name] += f.Users
	}
	t.Log(count)
	for login, reason := range map[string]string{
		"member": "", "odd": "", "spammer": api.ReasonDisabled, "elsewhere": api.ReasonUnknownUser, "twin": api.ReasonWrongPassword,
	} {
		_, _, err := users.Check(t.Context(), []users.Directory{dir}, pw, login, " password ", users.CheckOptions{})
		if got := api.ReasonOf(err); got != reason {
			t.Errorf("%s: got %q, want %q", login, got, reason)
		}
	}
	if _, a, err := dir.CheckApplicationPassword(t.Context(), pw, "member", application); err != nil || a.Name != "phone" {
		t.Errorf("application password: got %+v, %v; want Name \"phone\"", a, err)
	}
	if id, _, err := users.Check(t.Context(), []users.Directory{dir}, pw, "member", application, users.CheckOptions{}); err != nil || id.Login != "member" {
		t.Errorf("application password in place of the member's: got %+v, %v; want Login \"member\"", id, err)
	}
	if _, _, err := dir.CheckApplicationPassword(t.Context(), pw, "spammer", application); api.ReasonOf(err) != api.ReasonDisabled {
		t.Errorf("application password of a spammer: got %v, want reason %q", err, api.ReasonDisabled)
	}
	for login, password := range map[string]api.Secret{"member": "Vpth 7kBA PFLu ix4d panL 1FPm", "odd": "Vpth7kBAPFLuix4dpanL1FPl"} {
		if _, _, err := dir.CheckApplicationPassword(t.Context(), pw, login, password); api.ReasonOf(err) != api.ReasonWrongPassword {
			t.Errorf("application password of %s: got %v, want reason %q", login, err, api.ReasonWrongPassword)
		}
	}
}

// revoked waits until the log revokes the user's credentials, and returns the reason.
func revoked(t *testing.T, log session.Log, gen int64) string {
	t.Helper()
	for range 500 {
		rows, err := log.RevocationsSince(t.Context(), 0, time.Time{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Kind == api.RevokeSubject && r.Key == "wp:1" && r.MinGen > gen {
				why, _, _ := strings.Cut(r.Reason, " in WordPress")
				return why
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "nothing"
}

func testChanges(t *testing.T, db *parts.Database) {
	log := memory.New()
	dir := open(t, db, log)
	u, err := dir.ByNumber(t.Context(), 1)
	if err != nil || dir.Watched() != 1 {
		t.Fatalf("got %v, %d watched, want 1", err, dir.Watched())
	}
	for _, step := range []struct{ sql, want string }{
		{"UPDATE x_users SET user_pass = '*' WHERE ID = 1", "password changed"},
		{"UPDATE x_users SET user_email = 'new@example.org' WHERE ID = 1", "email changed"},
		{`UPDATE x_usermeta SET meta_value = 'a:1:{s:8:"customer";b:1;}' WHERE user_id = 1 AND meta_key = 'x_2_capabilities'`, "roles changed"},
		{"UPDATE x_users SET spam = 1 WHERE ID = 1", "status changed"},
		{"UPDATE x_usermeta SET meta_key = 'gone' WHERE user_id = 1 AND meta_key = 'x_2_capabilities'", "user deleted"},
	} {
		db.Exec(t, "wp", step.sql)
		if got := revoked(t, log, u.Gen); got != step.want {
			t.Errorf("%s: got %q, want %q", step.sql, got, step.want)
		}
		u.Gen++
	}
	if dir.Watched() != 0 {
		t.Errorf("got %d watched users, want none", dir.Watched())
	}
	db.Exec(t, "wp", "UPDATE x_usermeta SET meta_key = 'x_2_capabilities' WHERE user_id = 1 AND meta_key = 'gone'")
	if back, err := dir.ByNumber(t.Context(), 1); err != nil || back.Gen <= u.Gen || back.Roles[0] != "customer" {
		t.Errorf("back again: got %+v, %v, want a generation above %d", back, err, u.Gen)
	}
}

// testDown: while the database is down no user is unknown, and nothing is revoked.
func testDown(t *testing.T, db *parts.Database) {
	log := memory.New()
	dir := open(t, db, log)
	if _, err := dir.ByNumber(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	db.Stop()
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	for name, ask := range map[string]func() error{
		"login": func() error {
			_, _, err := users.Check(t.Context(), []users.Directory{dir}, pw, "odd", "password", users.CheckOptions{})
			return err
		},
		"nobody":  func() error { _, err := dir.ByLogin(t.Context(), "nobody"); return err },
		"subject": func() error { _, err := dir.BySubject(t.Context(), "wp:3"); return err },
		"forms":   func() error { _, err := dir.HashForms(t.Context()); return err },
		"application password": func() error {
			_, _, err := dir.CheckApplicationPassword(t.Context(), pw, "odd", "password")
			return err
		},
		"ping": func() error { return dir.Ping(t.Context()) },
	} {
		if err := ask(); api.CodeOf(err) != api.Unavailable || errors.Is(err, api.ErrNotFound) {
			t.Errorf("%s: got %v, want unavailable", name, err)
		} else if strings.Contains(err.Error(), "ro-pass") {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
	}
	second := open(t, db, log) // opening works while the database is down
	if second.Watched() != 1 {
		t.Errorf("got %d watched after opening without a database, want 1", second.Watched())
	}
	rows, err := log.RevocationsSince(t.Context(), 0, time.Time{}, 100)
	if err != nil || len(rows) != 1 {
		t.Errorf("got rows %v, %v, want only that a user was seen", rows, err)
	}
	db.Restart(t)
	if u, err := dir.ByNumber(t.Context(), 3); err != nil || u.Gen != 1 {
		t.Errorf("after the restart: ByNumber(3) = %+v, %v; want Gen 1", u, err)
	}
	for dir.Staleness() > time.Second {
		time.Sleep(10 * time.Millisecond)
	}
}

func TestOpen_refused(t *testing.T) {
	log := memory.New()
	const dsn = "user:secret@tcp(127.0.0.1:1)/wp"
	for name, test := range map[string]struct {
		cfg  wordpress.Config
		says string
	}{
		"no log":      {wordpress.Config{DSN: dsn}, "Log"},
		"no DSN":      {wordpress.Config{Log: log}, "user:password@tcp"},
		"bad DSN":     {wordpress.Config{Log: log, DSN: "user:secret@wp"}, "user:password@tcp"},
		"no database": {wordpress.Config{Log: log, DSN: "user:secret@tcp(127.0.0.1:1)/"}, "user:password@tcp"},
		"prefix":      {wordpress.Config{Log: log, DSN: dsn, Prefix: "wp_`; DROP"}, "$table_prefix"},
		"site":        {wordpress.Config{Log: log, DSN: dsn, Site: -1}, "numbered from 1"},
	} {
		dir, err := wordpress.Open(t.Context(), test.cfg)
		if err == nil {
			dir.Close()
			t.Errorf("%s: opened", name)
		} else if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want a hint at %q without the password", name, err, test.says)
		}
	}
}

func ExampleOpen() {
	dir, err := wordpress.Open(context.Background(), wordpress.Config{
		DSN: "cardea:password@tcp(127.0.0.1:1)/wordpress", // no server listens there
		Log: memory.New(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer dir.Close()
	_, err = dir.ByLogin(context.Background(), "admin")
	fmt.Println(api.CodeOf(err))
	// Output: unavailable
}

// BenchmarkDirectory_compare measures one comparison of all users with credentials.
func BenchmarkDirectory_compare(b *testing.B) {
	db := parts.MariaDB(b)
	db.Exec(b, "", network)
	const n = 100_000
	db.Exec(b, "wp", fmt.Sprintf(`SET SESSION max_recursive_iterations = 1000000;
INSERT INTO x_users (ID, user_login, user_pass, user_email) SELECT 100 + seq, CONCAT('user', seq), CONCAT('$P$B', MD5(seq)), CONCAT('user', seq, '@example.org') FROM seq_1_to_%[1]d;
INSERT INTO x_usermeta (user_id, meta_key, meta_value) SELECT 100 + seq, k.name, 'a:1:{s:6:"editor";b:1;}' FROM seq_1_to_%[1]d, (SELECT 'nickname' name UNION SELECT 'x_2_capabilities' UNION SELECT 'description' UNION SELECT 'first_name' UNION SELECT 'session_tokens') k;`, n))
	for _, live := range []int64{1_000, 10_000, n} {
		b.Run(fmt.Sprint(live), func(b *testing.B) {
			dir, compare := wordpress.OpenForBench(b, wordpress.Config{DSN: api.Secret("ro:ro-pass@tcp(" + db.Addr + ")/wp"), Prefix: "x_", Site: 2, Log: memory.New(), Every: time.Hour}, live)
			b.ReportAllocs()
			for b.Loop() {
				compare()
			}
			_ = dir
		})
	}
}
