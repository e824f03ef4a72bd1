package command

import (
	"log"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/server/config"
)

// NewLogger writes to the command's standard error as the configuration says. What
// others have written is bounded, see [printable.Logger].
func NewLogger(cmd *cobra.Command, c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // the configuration was validated: cannot be
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return printable.Logger(slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), o)))
	}
	return printable.Logger(slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), o)))
}

// LogLibraries has what libraries write to Go's own log, such as net/http of an upstream
// that talks without being asked, go to l, one line a second.
func LogLibraries(l *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(printable.LimitedLog(l, slog.LevelWarn, "a library reports").Writer())
}
