package printable

import (
	"context"
	"log"
	"log/slog"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LimitedLog returns a logger for libraries that write a line for every error of a client
// or another server. It logs at most one line a second as event, with the facts, the
// library's text as "error", limited as by [Logger], and the number of lines dropped since
// the last one as "not_logged".
func LimitedLog(l *slog.Logger, level slog.Level, event string, facts ...any) *log.Logger {
	return log.New(&limited{log: Logger(l).With(facts...), level: level, event: event}, "", 0)
}

type limited struct {
	log   *slog.Logger
	level slog.Level
	event string
	lines api.LogLimit
}

// Write implements [io.Writer]; each call is one line.
func (w *limited) Write(p []byte) (int, error) {
	ctx := context.Background()
	if !w.log.Enabled(ctx, w.level) {
		return len(p), nil
	}
	if skipped, ok := w.lines.Admit("", time.Now()); ok {
		text := strings.TrimSuffix(string(p[:min(len(p), 2*MaxLogText)]), "\n")
		w.log.Log(ctx, w.level, w.event, "error", text, "not_logged", skipped)
	}
	return len(p), nil
}
