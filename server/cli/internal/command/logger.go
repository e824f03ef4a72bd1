package command

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/config"
)

// NewLogger writes to the command's standard error as the configuration says.
func NewLogger(cmd *cobra.Command, c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // the configuration was validated: cannot be
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), o))
	}
	return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), o))
}

// newActLogger writes the acts of a command that were done without a server as the log
// of one would have them. Failures are the command's own message.
func newActLogger(cmd *cobra.Command, c config.Log) *slog.Logger {
	return slog.New(acts{NewLogger(cmd, c).Handler()})
}

// acts lets through what is logged of acts that were done.
type acts struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (h acts) Enabled(ctx context.Context, level slog.Level) bool {
	return level == slog.LevelInfo && h.Handler.Enabled(ctx, level)
}
