package sitecheck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/state"
)

// hashes checks for password hashes that exceed the cost limit or that no login can use.
func (d doctor) hashes(ctx context.Context) finding {
	cfg, missing := d.settings()
	if cfg == nil {
		return missing
	}
	if _, missing := state.StoreMissing(cfg); missing || cfg.Store.Driver == "memory" {
		return finding{skip: notHere("users")}
	}
	o, err := app.OpenBare(cfg, app.Options{Compiler: command.Compile, ReadOnly: true})
	if err != nil {
		return finding{skip: "the users cannot be read: " + err.Error()}
	}
	list, err := o.Engine.Admin().HashForms(ctx)
	return formsFinding(list, errors.Join(err, o.Close()))
}

func formsFinding(list []core.DirectoryForms, err error) finding {
	if err != nil {
		return finding{wrong: "the forms of password hashes cannot be counted: " + err.Error(), seen: "503 at logins, or response times that reveal which users exist",
			cure: "allow the account in the dsn to read the table of users, and check the database"}
	}
	var bad []string
	for _, d := range list {
		for _, f := range d.Forms {
			if f.Problem != "" {
				bad = append(bad, fmt.Sprintf("%d users of %s have %s hashes: %s", f.Users, d.Directory, f.Name, f.Problem))
			}
		}
	}
	if len(bad) == 0 {
		return finding{}
	}
	return finding{wrong: strings.Join(bad, "; "), seen: "logins that fail with 503, or take longer than others, which reveals which users exist",
		cure: "let these users set new passwords, or reset them"}
}
