package directorytest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// Case is a directory with a known user.
type Case struct {
	Open func(t *testing.T) users.Directory // called for each part of the suite
	Know api.User                           // an existing user: at least Subject and Login, and Number and Email if the user has them
	// Unknown are further names, besides the suite's own, that do not exist in the
	// directory.
	Unknown []string
}

// Run checks the contract of [users.Directory].
func Run(t *testing.T, c Case) {
	for _, p := range parts() {
		t.Run(p.name, func(t *testing.T) { p.check(&run{Case: c, d: c.Open(t), report: t.Errorf}) })
	}
}

// part is one requirement of the contract.
type part struct {
	name  string
	check func(*run)
}

func parts() []part {
	return []part{
		{"name", name}, {"finds", finds}, {"case", letterCase}, {"unknown", unknown},
		{"nothing", nothing}, {"own copies", ownCopies}, {"ended context", endedContext}, {"concurrent", concurrent},
	}
}

// run is the execution of one part.
type run struct {
	Case
	d      users.Directory
	report func(format string, args ...any)
}

// lookup is one lookup method with the user's key.
type lookup struct {
	by  string
	ask func(context.Context) (api.User, error)
}

// lookups returns the lookups by which the user can be found.
func (r *run) lookups(u api.User) []lookup {
	list := []lookup{
		{"subject", func(ctx context.Context) (api.User, error) { return r.d.BySubject(ctx, u.Subject) }},
		{"login", func(ctx context.Context) (api.User, error) { return r.d.ByLogin(ctx, u.Login) }},
	}
	if u.Number > 0 {
		list = append(list, lookup{"number", func(ctx context.Context) (api.User, error) { return r.d.ByNumber(ctx, u.Number) }})
	}
	if u.Email != "" {
		list = append(list, lookup{"e-mail address", func(ctx context.Context) (api.User, error) { return r.d.ByEmail(ctx, u.Email) }})
	}
	return list
}

// ask calls the lookup and turns a panic into an error.
func (r *run) ask(ctx context.Context, l lookup) (u api.User, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.report("by %s: it panicked: %v", l.by, p)
			err = errors.New("panicked")
		}
	}()
	return l.ask(ctx)
}

func name(r *run) {
	if first := r.d.Name(); first == "" || first != r.d.Name() {
		r.report("Name() = %q, want the same name each time", first)
	}
}

// finds checks that each lookup returns the same, complete user.
func finds(r *run) {
	for _, l := range r.lookups(r.Know) {
		got, err := r.ask(context.Background(), l)
		if err != nil {
			r.report("by %s: %v, want the user %q", l.by, err, r.Know.Subject)
			continue
		}
		if got.Subject != r.Know.Subject || api.LoginKey(got.Login) != api.LoginKey(r.Know.Login) || got.Login == "" {
			r.report("by %s: got subject %q, login %q; want %q, %q", l.by, got.Subject, got.Login, r.Know.Subject, r.Know.Login)
		}
		if got.Number != r.Know.Number || api.LoginKey(got.Email) != api.LoginKey(r.Know.Email) {
			r.report("by %s: got number %d, e-mail %q; want %d, %q", l.by, got.Number, got.Email, r.Know.Number, r.Know.Email)
		}
	}
}

// letterCase checks that names are compared by [api.LoginKey].
func letterCase(r *run) {
	other := r.Know
	other.Login, other.Email = swapCase(other.Login), swapCase(other.Email)
	for _, l := range r.lookups(other)[1:] {
		if got, err := r.ask(context.Background(), l); err != nil || got.Subject != r.Know.Subject {
			r.report("by %s in another case: got %q, %v; want %q", l.by, got.Subject, err, r.Know.Subject)
		}
	}
}

func swapCase(s string) string {
	if up := strings.ToUpper(s); up != s {
		return up
	}
	return strings.ToLower(s)
}

// unknown checks that lookups of unknown users return ErrNotFound and no user.
func unknown(r *run) {
	odd := []string{
		"nobody", "nobody@nowhere.example", r.Know.Login + "x", "x" + r.Know.Subject, r.Know.Login + "\x00", "%", "*", "' OR 1=1 --",
		"\xff\xfe", strings.Repeat("a", 1<<16),
	}
	for _, who := range append(odd, r.Unknown...) {
		for _, l := range r.lookups(api.User{Subject: who, Login: who, Email: who, Number: r.Know.Number + 1<<40}) {
			r.wantNobody(l, who)
		}
	}
}

// nothing checks that an empty key matches nobody, even if users lack the field.
func nothing(r *run) {
	ctx := context.Background()
	for _, l := range []lookup{
		{"subject", func(context.Context) (api.User, error) { return r.d.BySubject(ctx, "") }},
		{"login", func(context.Context) (api.User, error) { return r.d.ByLogin(ctx, "") }},
		{"login of blanks", func(context.Context) (api.User, error) { return r.d.ByLogin(ctx, "  ") }},
		{"e-mail address", func(context.Context) (api.User, error) { return r.d.ByEmail(ctx, "") }},
		{"number", func(context.Context) (api.User, error) { return r.d.ByNumber(ctx, 0) }},
		{"negative number", func(context.Context) (api.User, error) { return r.d.ByNumber(ctx, -1) }},
	} {
		r.wantNobody(l, "")
	}
}

func (r *run) wantNobody(l lookup, who string) {
	got, err := r.ask(context.Background(), l)
	if !errors.Is(err, api.ErrNotFound) {
		r.report("by %s %.40q: got %q, %v; want ErrNotFound", l.by, who, got.Subject, err)
	}
	if err != nil && (got.Subject != "" || got.Login != "" || got.Hash != "") {
		r.report("by %s %.40q: got user %q beside the error, want none", l.by, who, got.Subject)
	}
}

// ownCopies checks that changes to a returned user do not affect later results.
func ownCopies(r *run) {
	first, err := r.ask(context.Background(), r.lookups(r.Know)[0])
	if err != nil {
		r.report("by subject: %v", err)
		return
	}
	for i := range first.Roles {
		first.Roles[i] = "administrator-by-accident"
	}
	again, err := r.ask(context.Background(), r.lookups(r.Know)[0])
	if err != nil || len(again.Roles) != len(first.Roles) {
		r.report("asked again: %v, roles %v", err, again.Roles)
	}
	for _, role := range again.Roles {
		if role == "administrator-by-accident" {
			r.report("a change to the roles of one answer shows in the next")
		}
	}
}

// endedContext checks that a canceled lookup does not report the user as unknown.
func endedContext(r *run) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, l := range r.lookups(r.Know) {
		if got, err := r.ask(ctx, l); errors.Is(err, api.ErrNotFound) || err == nil && got.Subject != r.Know.Subject {
			r.report("by %s with an ended context: got %q, %v; want the user or a technical error", l.by, got.Subject, err)
		}
	}
}

func concurrent(r *run) {
	var wg sync.WaitGroup
	for range 8 {
		for _, l := range r.lookups(r.Know) {
			wg.Go(func() {
				if got, err := r.ask(context.Background(), l); err != nil || got.Subject != r.Know.Subject {
					r.report("by %s at once: got %q, %v", l.by, got.Subject, err)
				}
			})
		}
	}
	wg.Wait()
}
