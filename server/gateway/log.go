package gateway

import (
	"context"
	"log"
	"log/slog"
	"net/url"
	"time"

	"github.com/cardea-auth/cardea/core/printable"
)

const upstreamFailed = "upstream failed"

// logLimited logs an event that any request could cause: at most once per second for each
// event and subject, with the number of lines that were not logged.
func (g *Gateway) logLimited(level slog.Level, event, about string, facts ...any) {
	if skipped, ok := g.failures.Admit(event+" "+about, time.Now()); ok {
		g.log.Log(context.Background(), level, event, append(facts, "not_logged", skipped)...)
	}
}

// newProxyLogs returns, by upstream, the loggers for responses that ReverseProxy aborts.
func newProxyLogs(l *slog.Logger, upstreams map[string]*url.URL) map[*url.URL]*log.Logger {
	out := make(map[*url.URL]*log.Logger, len(upstreams))
	for _, u := range upstreams {
		if out[u] == nil {
			out[u] = printable.LimitedLog(l, slog.LevelWarn, upstreamFailed, "upstream", u.Host)
		}
	}
	return out
}
