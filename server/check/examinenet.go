package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// Unreachable warns about upstreams that do not accept connections.
func Unreachable(ctx context.Context, cfg *config.Config) (list config.Problems) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name]
		if u.URL == config.DemoUpstream {
			continue
		}
		if err := dial(ctx, u.URL); err != nil {
			list = append(list, setting.Problems("upstreams."+name+".url", fmt.Errorf("no connection, so requests get 502: start the application, or correct the address: %w", err))...)
		}
	}
	return list
}

func dial(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return errors.Unwrap(err)
	}
	return c.Close()
}
