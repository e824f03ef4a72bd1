package wordpress

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// Directory provides the users of one WordPress site. Use [Open]. Safe for concurrent
// use. Its errors are [api.ErrNotFound] or have the code unavailable.
type Directory struct {
	cfg    Config
	db     *sql.DB
	ask    questions
	ledger *ledger
	roles  names // roles of the site
	supers names // logins of the network's super administrators

	network string // "" if none

	synced atomic.Pointer[time.Time] // start of the last successful comparison
	cancel context.CancelFunc
	done   chan struct{}
}

var (
	_ users.Directory  = (*Directory)(nil)
	_ users.Owner      = (*Directory)(nil)
	_ users.Networked  = (*Directory)(nil)
	_ users.Rememberer = (*Directory)(nil)

	_ users.LoginReader = (*Directory)(nil)
	_ users.Slasher     = (*Directory)(nil)
	_ users.Phones      = (*Directory)(nil)
)

// Open returns a directory that watches its users until Close. ctx bounds the reading
// of the revocation log, which must succeed. The database need not be reachable: until
// it is, every lookup fails with code unavailable.
func Open(ctx context.Context, cfg Config) (*Directory, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("open WordPress directory: %w", err)
	}
	dsn, err := cfg.driver()
	if err != nil {
		return nil, fmt.Errorf("open WordPress directory: %w", err)
	}
	db, err := openReadOnly(dsn)
	if err != nil {
		return nil, fmt.Errorf("open WordPress directory: %w", err)
	}
	d := &Directory{cfg: cfg, db: db, network: cfg.network(dsn), ask: newQuestions(cfg), ledger: newLedger(cfg), done: make(chan struct{})}
	if err := d.ledger.read(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open WordPress directory: read the revocation log: %w", err), db.Close())
	}
	now := cfg.Now()
	d.synced.Store(&now)
	ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go d.watch(ctx)
	return d, nil
}

// Close stops watching and closes the database. No lookups may be in flight.
func (d *Directory) Close() error {
	d.cancel()
	<-d.done
	return d.db.Close()
}

// Name implements [users.Directory].
func (d *Directory) Name() string { return d.cfg.Name }

// Remember implements [users.Rememberer].
func (d *Directory) Remember(life time.Duration) { d.ledger.life.Raise(life) }

// Owns implements [users.Owner].
func (d *Directory) Owns(subject string) bool {
	_, ok := d.ledger.number(subject)
	return ok
}

// Network implements [users.Networked]: the sites of a network share one table of
// users.
func (d *Directory) Network() string { return d.network }

// Ping reports whether the database is reachable and has the tables.
func (d *Directory) Ping(ctx context.Context) error {
	_, err := d.find(ctx, d.ask.byID, 0)
	return err
}

// BySubject implements [users.Directory].
func (d *Directory) BySubject(ctx context.Context, subject string) (api.User, error) {
	id, ok := d.ledger.number(subject)
	if !ok {
		return api.User{}, notFound("subject", subject)
	}
	return d.ByNumber(ctx, id)
}

// ByNumber implements [users.Directory]; number is WordPress's user ID.
func (d *Directory) ByNumber(ctx context.Context, number int64) (api.User, error) {
	rows, err := d.find(ctx, d.ask.byID, number)
	if err != nil {
		return api.User{}, err
	}
	if len(rows) > 0 {
		return d.user(ctx, rows[0])
	}
	if err := d.ledger.gone(ctx, number); err != nil {
		return api.User{}, unavailable("note a deletion", err)
	}
	return api.User{}, notFound("id", strconv.FormatInt(number, 10))
}

// ByLogin implements [users.Directory]. MariaDB treats "admin" and "ädmin" as equal;
// here only case is ignored, and the closest spelling wins.
func (d *Directory) ByLogin(ctx context.Context, login string) (api.User, error) {
	return d.byName(ctx, "login", d.ask.byLogin, login, func(r row) string { return r.login })
}

// ByEmail implements [users.Directory]; it compares as ByLogin does.
func (d *Directory) ByEmail(ctx context.Context, email string) (api.User, error) {
	return d.byName(ctx, "e-mail", d.ask.byEmail, email, func(r row) string { return r.email })
}

// ByPhone implements [users.Phones] with the phone number that WooCommerce stores for a
// customer.
func (d *Directory) ByPhone(ctx context.Context, phone string) (api.User, error) {
	rows, err := d.find(ctx, d.ask.byPhone, phone)
	if err != nil {
		return api.User{}, err
	}
	if len(rows) == 0 {
		return api.User{}, notFound("phone number", phone)
	}
	return d.user(ctx, rows[0])
}

func (d *Directory) byName(ctx context.Context, kind, question, name string, of func(row) string) (api.User, error) {
	const longest = 400 // bytes; columns hold 100 characters
	name = strings.TrimSpace(name)
	if name == "" || len(name) > longest || !utf8.ValidString(name) {
		return api.User{}, notFound(kind, "")
	}
	rows, err := d.find(ctx, question, name)
	if err != nil {
		return api.User{}, err
	}
	for _, same := range []func(string) bool{
		func(s string) bool { return s == name },
		func(s string) bool { return api.FoldASCII(s) == api.FoldASCII(name) },
		func(s string) bool { return api.LoginKey(s) == api.LoginKey(name) },
	} {
		for _, r := range rows {
			if same(of(r)) {
				return d.user(ctx, r)
			}
		}
	}
	return api.User{}, notFound(kind, name)
}

// user returns the user of a row with roles and generation.
func (d *Directory) user(ctx context.Context, r row) (api.User, error) {
	roles, err := d.rolesOf(ctx, r)
	if err != nil {
		return api.User{}, unavailable(fmt.Sprintf("read the roles of user %d", r.id), err)
	}
	super, err := d.isSuperAdmin(ctx, r)
	if err != nil {
		return api.User{}, unavailable(fmt.Sprintf("tell whether user %d is a super administrator", r.id), err)
	}
	gen, err := d.ledger.note(ctx, r)
	if err != nil {
		return api.User{}, unavailable(fmt.Sprintf("note the stamp of user %d", r.id), err)
	}
	u := r.user(d.ledger.subject(r.id))
	u.Roles, u.Gen, u.SuperAdmin = roles, gen, super
	return u, nil
}

func notFound(kind, value string) error {
	return fmt.Errorf("WordPress user with %s %q: %w", kind, value, api.ErrNotFound)
}

func unavailable(doing string, err error) error {
	return api.Wrap(api.Unavailable, "", "the user directory does not answer", fmt.Errorf("WordPress: %s: %w", doing, err))
}
