package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
)

// listeners opens both addresses for a moment. Those of a server that runs on the
// data directory are its own.
func (x *examiner) listeners(ctx context.Context) {
	var running Status
	if x.cfg.Store.Driver != "memory" {
		err := control.Get(ctx, x.cfg.Data, "/status", &running)
		if err != nil && !errors.Is(err, control.ErrNoServer) {
			x.add("data", err)
			return // what listens there is that server's
		}
	}
	for _, a := range []struct{ key, address, mine string }{
		{"server.listen", x.cfg.Server.Listen, running.Listen},
		{"server.admin_listen", x.cfg.Server.AdminListen, running.AdminListen},
	} {
		if a.address == a.mine {
			continue
		}
		l, err := listenOn(a.address, a.key)
		x.add(a.key, err)
		if err == nil {
			defer l.Close() // both at a time, as a server has them
		}
	}
}

// unreachable warns of upstreams that take no connection.
func (x *examiner) unreachable(ctx context.Context) (list config.Problems) {
	for _, name := range sortedNames(x.cfg.Upstreams) {
		u := x.cfg.Upstreams[name]
		if u.URL == config.DemoUpstream {
			continue
		}
		if err := dial(ctx, u.URL); err != nil {
			list = append(list, problemsOf("upstreams."+name+".url", fmt.Errorf("no connection, so requests are answered 502: start the application, or correct the address: %w", err))...)
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
