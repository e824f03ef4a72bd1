package wordpress

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// fakeDB is a database with fixed results, and a log. The call with number failing (from
// 0), among those to both, fails.
type fakeDB struct {
	*memory.Store
	mu      sync.Mutex                  // guards the rest
	tables  map[string][][]driver.Value // by what the question says
	asked   int
	failing int // -1: none
	how     string
}

var errAway = errors.New("the database is away")

// Ways in which a question fails.
var ways = []string{"the question", "the columns", "the rows"}

func (f *fakeDB) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	return f.asked-1 == f.failing
}

// set replaces the result of a query; with nil there is none for it.
func (f *fakeDB) set(question string, rows [][]driver.Value) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rows == nil {
		delete(f.tables, question)
		return
	}
	f.tables[question] = rows
}

// find returns the result of a query, or nil for an unknown one.
func (f *fakeDB) find(query string) (found *fakeRows) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for part, rows := range f.tables {
		if strings.Contains(query, part) {
			found = &fakeRows{rows: rows}
			if len(rows) > 0 {
				found.columns = len(rows[0])
			}
		}
	}
	return found
}

func (f *fakeDB) AppendRevocations(ctx context.Context, revs ...api.Revocation) error {
	if f.fails() {
		return errAway
	}
	return f.Store.AppendRevocations(ctx, revs...)
}

func (f *fakeDB) RevocationsSince(ctx context.Context, after int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	if f.fails() {
		return nil, errAway
	}
	return f.Store.RevocationsSince(ctx, after, overlap, limit)
}

func (f *fakeDB) Connect(context.Context) (driver.Conn, error) { return fakeConn{db: f}, nil }

func (f *fakeDB) Driver() driver.Driver { return nil }

type fakeConn struct {
	driver.Conn
	db *fakeDB
}

func (fakeConn) Close() error { return nil }

func (c fakeConn) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	found := c.db.find(query)
	switch {
	case found == nil:
		return nil, errors.New("no such question: " + query)
	case !c.db.fails():
	case c.db.how == "the question":
		return nil, errAway
	case c.db.how == "the columns" && len(found.rows) > 0:
		found.columns++
		found.rows = [][]driver.Value{append(append([]driver.Value{}, found.rows[0]...), "one more")}
	default:
		found.rows, found.err = nil, errAway
	}
	return found, nil
}

type fakeRows struct {
	columns int
	rows    [][]driver.Value
	err     error
}

func (r *fakeRows) Columns() []string { return make([]string, r.columns) }
func (r *fakeRows) Close() error      { return nil }

func (r *fakeRows) Next(into []driver.Value) error {
	if len(r.rows) == 0 {
		if r.err != nil {
			return r.err
		}
		return io.EOF
	}
	copy(into, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// What the questions say.
const (
	ofUsers        = "user_nicename"
	ofStamps       = "u.ID IN"
	ofRoleNames    = "user_roles"
	ofApplications = "_application_passwords"
	ofForms        = "COUNT(*)"
	ofSuperAdmins  = "sitemeta"
)

// applicationText is the application password in someApplication.
const applicationText = "Vpth7kBAPFLuix4dpanL1FPl"

const someApplication = `a:1:{i:0;a:2:{s:4:"name";s:5:"phone";s:8:"password";s:49:"$generic$P8-iUWk_sS1VPtd_pjSym5TpWvzdsuFXFv4f5r0f";}}`

// aliceStamp is alice's row in a comparison; a lookup returns more columns.
func aliceStamp(capabilities driver.Value) []driver.Value {
	return []driver.Value{int64(5), "$P$old", "alice@example.org", int64(0), "alice", int64(0), int64(0), capabilities}
}

const editor = `a:1:{s:6:"editor";b:1;}`

// newFakeDB has alice, an editor.
func newFakeDB() *fakeDB {
	return &fakeDB{Store: memory.New(), failing: -1, tables: map[string][][]driver.Value{
		ofUsers:        {append(aliceStamp(editor), "alice", "Alice", nil, "Alice", nil)},
		ofStamps:       {aliceStamp(editor)},
		ofRoleNames:    {{`a:2:{s:6:"editor";a:0:{}s:6:"author";a:0:{}}`}},
		ofApplications: {{someApplication}},
		ofForms:        {{"$P$Babcdefgh", int64(3)}},
		ofSuperAdmins:  {{`a:1:{i:0;s:4:"root";}`}},
	}}
}

// fakeDirectory is a directory over the fake database, without background work.
func fakeDirectory(t *testing.T, f *fakeDB, change func(*Config)) *Directory {
	t.Helper()
	cfg := Config{Log: f.Store, Timeout: time.Minute, Now: func() time.Time { return moment }}
	if change != nil {
		change(&cfg)
	}
	cfg, err := cfg.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log = f
	d := &Directory{cfg: cfg, db: sql.OpenDB(f), ask: newQuestions(cfg), ledger: newLedger(cfg), done: make(chan struct{})}
	d.synced.Store(new(cfg.Now()))
	t.Cleanup(func() {
		if n := d.db.Stats().InUse; n != 0 {
			t.Errorf("%d connections are not given back", n)
		}
		d.db.Close()
	})
	return d
}

var cheap = users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
