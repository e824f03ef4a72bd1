package command

import (
	"log"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/server/config"
)

// NewLogger returns a logger that writes to the command's standard error as configured.
// Text from untrusted sources is bounded; see [printable.Logger].
func NewLogger(cmd *cobra.Command, c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // cannot happen: the configuration was validated
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return printable.Logger(slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), o)))
	}
	return printable.Logger(slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), o)))
}

// LogLibraries sends what libraries such as net/http write to Go's standard logger to l, at
// most one line a second.
func LogLibraries(l *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(printable.LimitedLog(l, slog.LevelWarn, "a library reports").Writer())
}
