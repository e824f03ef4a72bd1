package wordpress

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// names caches the names in an option of the site for namesLife. Safe for concurrent
// use.
type names struct {
	mu    sync.Mutex
	names map[string]bool // nil if the option does not exist
	read  time.Time
}

const namesLife = 10 * time.Second

// get returns the cached names, or reads them again if they are too old.
func (n *names) get(now time.Time, read func() (map[string]bool, error)) (map[string]bool, error) {
	n.mu.Lock()
	known, fresh := n.names, !n.read.IsZero() && now.Sub(n.read) < namesLife
	n.mu.Unlock()
	if fresh {
		return known, nil
	}
	known, err := read()
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names, n.read = known, now
	return known, nil
}

// rolesOf returns the roles among the user's grants. WordPress stores single
// capabilities in the same place; those are not roles. A grant with a false value does
// not count.
func (d *Directory) rolesOf(ctx context.Context, r row) ([]string, error) {
	if r.capabilities.String == "" {
		return nil, nil
	}
	granted, err := parsePHP(r.capabilities.String)
	if err != nil {
		return nil, fmt.Errorf("meta key %scapabilities: %w", d.cfg.sitePrefix(), err)
	}
	entries, ok := granted.([]entry)
	if !ok && granted != "" {
		return nil, fmt.Errorf("meta key %scapabilities: not an array", d.cfg.sitePrefix())
	}
	names, err := d.roleNames(ctx)
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, e := range entries {
		if truth(e.value) && (names == nil || names[e.key]) {
			roles = append(roles, e.key)
		}
	}
	return roles, nil
}

// roleNames returns the site's roles, nil if the option does not exist.
func (d *Directory) roleNames(ctx context.Context) (map[string]bool, error) {
	names, err := d.roles.get(d.cfg.Now(), func() (map[string]bool, error) { return d.readRoleNames(ctx) })
	if err != nil {
		return nil, fmt.Errorf("option %suser_roles: %w", d.cfg.sitePrefix(), err)
	}
	return names, nil
}

func (d *Directory) readRoleNames(ctx context.Context) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	var text string
	err := d.db.QueryRowContext(ctx, d.ask.roleNames).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := parsePHP(text)
	if err != nil {
		return nil, err
	}
	entries, ok := v.([]entry)
	if !ok {
		return nil, errors.New("not an array")
	}
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		names[e.key] = true
	}
	return names, nil
}
