package users

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// HashForm is a kind of password hash with its cost parameters, and the number of users
// that have one.
type HashForm struct {
	Name    string // such as "bcrypt, cost 10"
	Users   int
	Problem string // why it must be replaced: too expensive or unusable; "" if it need not be

	cost passhash.Cost
}

// HashCounter is the ability of a [Directory] to list the forms of its users' hashes,
// except for users without a password. It may read all users.
type HashCounter interface {
	HashForms(ctx context.Context) ([]HashForm, error)
}

// WordPress marks a hash from a WordPress database. Such a hash is verified as
// WordPress's login does: the password is trimmed first for every form, and a text of
// unknown form matches nothing.
func WordPress(stored api.Secret) api.Secret {
	return api.Secret(passhash.WordPress(stored.Reveal()))
}

// FormOf returns the form of a stored hash, with the given number of users. It returns
// false for a hash that intentionally matches nothing.
func FormOf(hash api.Secret, users int) (HashForm, bool) {
	if passhash.FitsNothing(hash.Reveal()) {
		return HashForm{}, false
	}
	s := passhash.Find(passhash.Marked(), hash.Reveal())
	if s == nil {
		return HashForm{Name: "unknown", Users: users, Problem: "it has an unknown form"}, true
	}
	c, err := s.Cost(hash.Reveal())
	if err != nil {
		return HashForm{Name: "unusable", Users: users, Problem: err.Error()}, true
	}
	return HashForm{Name: c.String(), Users: users, Problem: c.TooHigh(), cost: c}, true
}

// checkHash rejects an imported hash that is unusable or exceeds the cost cap.
func checkHash(hash api.Secret) error {
	s := passhash.Find(passhash.Forms(), hash.Reveal())
	if s == nil {
		return invalid("password hash has an unknown form")
	}
	c, err := s.Cost(hash.Reveal())
	if err != nil {
		return invalid("password hash cannot be used: " + err.Error())
	}
	if why := c.TooHigh(); why != "" {
		return invalid("password hash costs too much: " + why)
	}
	return nil
}

// HashForms returns the forms of a directory's hashes, sorted by name; nil if the
// directory is not a [HashCounter].
func HashForms(ctx context.Context, d Directory) (list []HashForm, err error) {
	counter, able := api.Capability[HashCounter](d)
	if !able {
		return nil, nil
	}
	defer api.Recover("user directory", d.Name(), &err)
	if list, err = counter.HashForms(ctx); err != nil {
		return nil, fmt.Errorf("directory %s: count the forms of hashes: %w", d.Name(), err)
	}
	slices.SortFunc(list, func(a, b HashForm) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// HashForms implements [HashCounter].
func (s *Store) HashForms(ctx context.Context) ([]HashForm, error) {
	const page = 1000
	count := map[HashForm]int{{Name: s.cfg.Passwords.first.String(), cost: s.cfg.Passwords.first}: 0}
	for after := int64(0); ; {
		list, err := s.List(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, u := range list {
			after = u.Number
			if f, ok := FormOf(u.Hash, 0); ok {
				count[f]++
			}
		}
		if len(list) < page {
			return counted(count), nil
		}
	}
}

func counted(count map[HashForm]int) []HashForm {
	var list []HashForm
	for f, n := range count {
		f.Users = n
		list = append(list, f)
	}
	return list
}

// formsInUse tracks the costs of the hashes in each directory, as counted and as
// encountered since. Safe for concurrent use.
type formsInUse struct {
	mu          sync.Mutex
	directories map[string]*directoryForms
}

type directoryForms struct {
	costs    []passhash.Cost // distinct
	counted  bool            // all are known
	due      time.Time       // time of the next count
	programs float64         // longest time for one user's application passwords, in nanoseconds
}

// Intervals between counts, regularly and after an error.
const (
	countEvery = 10 * time.Minute
	countAgain = time.Minute
)

// mostForms bounds the costs remembered per directory.
const mostForms = 64

// count asks a directory for its forms if that is due.
func (f *formsInUse) count(ctx context.Context, d Directory) error {
	f.mu.Lock()
	of, now := f.of(d.Name()), time.Now()
	due := !now.Before(of.due)
	if due {
		of.due = now.Add(countEvery) // keeps concurrent callers from counting
	}
	f.mu.Unlock()
	if !due {
		return nil
	}
	list, err := HashForms(ctx, d)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		of.due = now.Add(countAgain)
		return err
	}
	if list != nil {
		of.costs, of.counted = nil, len(list) > 0
	}
	for _, form := range list {
		if form.Problem == "" {
			of.add(form.cost)
		}
	}
	return nil
}

// of returns the forms of a directory. The caller holds the lock.
func (f *formsInUse) of(name string) *directoryForms {
	if f.directories == nil {
		f.directories = map[string]*directoryForms{}
	}
	if f.directories[name] == nil {
		f.directories[name] = &directoryForms{}
	}
	return f.directories[name]
}

func (d *directoryForms) add(c passhash.Cost) {
	if len(d.costs) < mostForms && !slices.Contains(d.costs, c) {
		d.costs = append(slices.Clip(d.costs), c) // the slice may be shared with readers
	}
}

// met records the cost of a hash of a directory's user.
func (f *formsInUse) met(directory string, c passhash.Cost) {
	if c.TooHigh() != "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.of(directory).add(c)
}

// inUse returns the costs in the directories, and the cost nobody for each directory
// that cannot list its own.
func (f *formsInUse) inUse(directories []string, nobody passhash.Cost) (all []passhash.Cost) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range directories {
		of := f.of(name)
		if len(all) == 0 && of.counted {
			all = slices.Clip(of.costs)
			continue
		}
		for _, c := range of.costs {
			all = with(all, c)
		}
		if !of.counted {
			all = with(all, nobody)
		}
	}
	if len(all) == 0 {
		return []passhash.Cost{nobody}
	}
	return all
}

func with(list []passhash.Cost, c passhash.Cost) []passhash.Cost {
	if slices.Contains(list, c) {
		return list
	}
	return append(list, c)
}

// programs returns the longest time in nanoseconds that checking one user's application
// passwords takes in the directories, after one check took spent.
func (f *formsInUse) programs(directories []string, spent float64) (most float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range directories {
		of := f.of(name)
		of.programs = max(of.programs, spent)
		most = max(most, of.programs)
	}
	return most
}

// CountForms asks the directories for the forms of their users' hashes and measures
// their costs, so that every check can be made as slow as the most expensive form.
// [Check] does so too when it is due.
func (p *Passwords) CountForms(ctx context.Context, dirs ...Directory) error {
	var errs []error
	var names []string
	for _, d := range dirs {
		errs, names = append(errs, p.forms.count(ctx, d)), append(names, d.Name())
	}
	p.watch.Dearest(p.forms.inUse(names, p.nobody), 0)
	return errors.Join(errs...)
}
