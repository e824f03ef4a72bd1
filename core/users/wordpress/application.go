package wordpress

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// ApplicationPassword is an application password that a user created on the profile
// page.
type ApplicationPassword struct {
	UUID    string
	AppID   string
	Name    string
	Created time.Time
	hash    api.Secret
}

// ApplicationPasswords lists the application passwords of a user.
func (d *Directory) ApplicationPasswords(ctx context.Context, number int64) ([]ApplicationPassword, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	var text sql.NullString
	err := d.db.QueryRowContext(ctx, d.ask.applications, number).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) || err == nil && text.String == "" {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable("read application passwords", err)
	}
	list, err := readApplications(text.String)
	if err != nil {
		return nil, unavailable(fmt.Sprintf("read application passwords of user %d", number), err)
	}
	return list, nil
}

// CheckApplicationPassword returns the user with this login or e-mail address if the
// password is one of the user's application passwords; spaces in it are ignored.
// Refusals and timing are as in [users.Check].
func (d *Directory) CheckApplicationPassword(ctx context.Context, pw *users.Passwords, login string, password api.Secret) (api.User, ApplicationPassword, error) {
	wrong := api.E(api.Unauthenticated, api.ReasonWrongPassword, "wrong user name or application password")
	u, err := users.Find(ctx, []users.Directory{d}, login)
	if errors.Is(err, api.ErrNotFound) {
		if _, err := pw.VerifyAny(ctx, nil, password); !errors.Is(err, users.ErrMismatch) {
			return api.User{}, ApplicationPassword{}, unavailable("check an application password", err)
		}
		wrong.Reason = api.ReasonUnknownUser
		return api.User{}, ApplicationPassword{}, wrong
	}
	if err != nil {
		return api.User{}, ApplicationPassword{}, err
	}
	list, err := d.ApplicationPasswords(ctx, u.Number)
	if err != nil {
		return api.User{}, ApplicationPassword{}, err
	}
	a, err := match(ctx, pw, list, bare(password))
	if errors.Is(err, users.ErrMismatch) {
		return api.User{}, ApplicationPassword{}, wrong
	}
	if err != nil {
		return api.User{}, ApplicationPassword{}, unavailable("check an application password", err)
	}
	if u.Disabled {
		return api.User{}, ApplicationPassword{}, api.E(api.Unauthenticated, api.ReasonDisabled, "this user is disabled")
	}
	return u, a, nil
}

var _ users.Applications = (*Directory)(nil)

// FitsApplication implements [users.Applications]: in REST API requests, WordPress
// accepts an application password instead of the user's own.
func (d *Directory) FitsApplication(ctx context.Context, pw *users.Passwords, u api.User, password api.Secret) (id string, err error) {
	list, err := d.ApplicationPasswords(ctx, u.Number)
	if err != nil {
		return "", err
	}
	a, err := match(ctx, pw, list, bare(password))
	return a.UUID, err
}

func match(ctx context.Context, pw *users.Passwords, list []ApplicationPassword, password api.Secret) (ApplicationPassword, error) {
	hashes := make([]api.Secret, len(list))
	for i, a := range list {
		hashes[i] = a.hash
	}
	i, err := pw.VerifyAny(ctx, hashes, password)
	if err != nil {
		return ApplicationPassword{}, err
	}
	return list[i], nil
}

// bare returns the letters and digits of a password, which are what WordPress compares.
func bare(password api.Secret) api.Secret {
	return api.Secret(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, password.Reveal()))
}

func readApplications(text string) ([]ApplicationPassword, error) {
	const most = 100 // each one tried costs a hash
	v, err := parsePHP(text)
	if err != nil {
		return nil, err
	}
	items, ok := v.([]entry)
	if !ok || len(items) > most {
		return nil, fmt.Errorf("not an array of at most %d", most)
	}
	var list []ApplicationPassword
	for _, item := range items {
		fields, ok := item.value.([]entry)
		if !ok {
			return nil, errors.New("an element is not an array")
		}
		list = append(list, readApplication(fields))
	}
	return list, nil
}

// readApplication leaves missing fields empty; an empty hash matches nothing.
func readApplication(fields []entry) (a ApplicationPassword) {
	for _, f := range fields {
		text, _ := f.value.(string)
		number, _ := f.value.(int64)
		switch f.key {
		case "uuid":
			a.UUID = text
		case "app_id":
			a.AppID = text
		case "name":
			a.Name = text
		case "password":
			a.hash = users.WordPress(api.Secret(text))
		case "created":
			a.Created = time.Unix(number, 0).UTC()
		}
	}
	return a
}
