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

// HashForm is a form of password hash with all that decides what it costs, and how
// many users have one like it.
type HashForm struct {
	Name    string // such as "bcrypt, cost 10"
	Users   int
	Problem string // why it must be replaced: it costs too much, or cannot be used; "" if it need not

	cost passhash.Cost
}

// HashCounter is the ability of a [Directory] to tell which forms of hashes its
// users have. Those without a password are left out. It may read all users.
type HashCounter interface {
	HashForms(ctx context.Context) ([]HashForm, error)
}

// WordPress marks a hash as one out of a WordPress database. Such a hash is
// checked as WordPress's login does it: the password is trimmed first, whatever
// the form of the hash, and a text of no known form fits nothing.
func WordPress(stored api.Secret) api.Secret {
	return api.Secret(passhash.WordPress(stored.Reveal()))
}

// FormOf returns the form of a stored hash, for so many users; false for one that
// fits nothing by intent.
func FormOf(hash api.Secret, users int) (HashForm, bool) {
	if passhash.FitsNothing(hash.Reveal()) {
		return HashForm{}, false
	}
	s := passhash.Find(passhash.Marked(), hash.Reveal())
	if s == nil {
		return HashForm{Name: "unknown", Users: users, Problem: "it is of no known form"}, true
	}
	c, err := s.Cost(hash.Reveal())
	if err != nil {
		return HashForm{Name: "unusable", Users: users, Problem: err.Error()}, true
	}
	return HashForm{Name: c.String(), Users: users, Problem: c.TooHigh(), cost: c}, true
}

// checkHash refuses a hash from elsewhere that no login could use, or that would
// take longer than any other.
func checkHash(hash api.Secret) error {
	s := passhash.Find(passhash.Forms(), hash.Reveal())
	if s == nil {
		return invalid("password hash is of no known form")
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

// HashForms returns the forms of a directory's hashes, by name; nil where it
// cannot tell.
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

// formsInUse are the costs of the hashes in each directory, as counted and as met
// since. Safe for concurrent use.
type formsInUse struct {
	mu          sync.Mutex
	directories map[string]*directoryForms
}

type directoryForms struct {
	costs    []passhash.Cost // each once
	counted  bool            // all are known
	due      time.Time       // when they are counted again
	programs float64         // nanoseconds that the passwords of one user's programs took at most
}

// Forms are counted again after so long, after an error sooner.
const (
	countEvery = 10 * time.Minute
	countAgain = time.Minute
)

// mostForms bounds the costs that are remembered of a directory.
const mostForms = 64

// count asks a directory which forms it has, if that is due.
func (f *formsInUse) count(ctx context.Context, d Directory) error {
	f.mu.Lock()
	of, now := f.of(d.Name()), time.Now()
	due := !now.Before(of.due)
	if due {
		of.due = now.Add(countEvery) // others do not ask meanwhile
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

// of returns what is known of a directory. The caller holds the lock.
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
		d.costs = append(slices.Clip(d.costs), c) // it may have been lent
	}
}

// met notes a hash of a directory's user.
func (f *formsInUse) met(directory string, c passhash.Cost) {
	if c.TooHigh() != "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.of(directory).add(c)
}

// inUse returns the costs in the directories, with that of nobody where a
// directory cannot tell all of its own.
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

// programs returns what checking the passwords of one user's programs takes at
// most in the directories, after it took spent.
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

// CountForms asks the directories which forms of hashes their users have, so that
// every try can be made to cost what the dearest does, and measures what they cost.
// [Check] does it as well, when it is due.
func (p *Passwords) CountForms(ctx context.Context, dirs ...Directory) error {
	var errs []error
	var names []string
	for _, d := range dirs {
		errs, names = append(errs, p.forms.count(ctx, d)), append(names, d.Name())
	}
	p.watch.Dearest(p.forms.inUse(names, p.nobody), 0)
	return errors.Join(errs...)
}
