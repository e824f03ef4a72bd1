package cli

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

func newServe(p Program) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run a server from a configuration",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, prov, err := command.CheckedConfig(cmd)
			if err != nil {
				return explainStart(cmd, err)
			}
			log := command.NewLogger(cmd, cfg.Log)
			command.LogLibraries(log)
			if prov.File == "" {
				log.Warn("no configuration file found: only defaults and the environment apply", "looked for", "./cardea.yaml")
			}
			warnOf(log, cfg, prov)
			locked, unlock, err := lockData(cfg, log)
			if err != nil {
				return explainStart(cmd, err)
			}
			defer unlock()
			o := command.AppOptions(cmd)
			o.Version, o.Logger, o.Control = p.Version, log, locked
			o.Reread = func() (*config.Config, error) { return reread(cmd, prov.File) }
			s, err := app.New(cfg, o)
			if err != nil {
				return explainStart(cmd, err)
			}
			return runServer(cmd.Context(), s, func() error {
				logProblems(log.Error, "clients will be refused", prov, check.Unanswered(cmd.Context(), cfg))
				log.Info("serving", "listen", cfg.Server.Listen, "admin_listen", cfg.Server.AdminListen, "config", prov.File)
				return nil
			})
		},
	}
}

// warnOf logs what 'cardea config check' warns about, and problems that it refuses but with
// which a server starts.
func warnOf(log *slog.Logger, cfg *config.Config, prov *config.Provenance) {
	logProblems(log.Error, "clients will be refused", prov, check.Faults(cfg, time.Now()))
	logProblems(log.Warn, aboutSetting, prov, check.Warnings(cfg, time.Now()))
	warnOfRules(log, cfg, prov)
}

// The log messages of warnings.
const (
	aboutSetting = "a setting looks wrong"
	aboutRule    = "a rule may not do what you expect"
)

// warnOfRules logs rules that may not do what they seem to, and problems of applications
// and mounts that the same check finds.
func warnOfRules(log *slog.Logger, cfg *config.Config, prov *config.Provenance) {
	for _, p := range check.LintWarnings(cfg) {
		event := aboutSetting
		if strings.HasPrefix(p.Key, "rules") {
			event = aboutRule
		}
		logProblems(log.Warn, event, prov, config.Problems{p})
	}
}

// logProblems logs each problem with its place.
func logProblems(log func(string, ...any), event string, prov *config.Provenance, list config.Problems) {
	prov.PlaceAll(list)
	for _, p := range list {
		log(event, "setting", p.Key, "place", p.Place(), "problem", p.Text)
	}
}

// reread loads and checks the configuration again.
func reread(cmd *cobra.Command, file string) (*config.Config, error) {
	cfg, prov, err := config.Load(command.OptionsFor(cmd, file, file != ""))
	if err != nil {
		return nil, err
	}
	return cfg, prov.Place(check.Check(cfg, command.Points(cmd)...))
}

// lockData prevents two servers from using the same data directory. With a store in memory
// the directory is only needed for the control socket, and the server runs without it.
func lockData(cfg *config.Config, log *slog.Logger) (locked bool, unlock func(), err error) {
	f, err := control.Lock(cfg.Data)
	switch {
	case err == nil:
		return true, func() { f.Close() }, nil
	case cfg.Store.Driver == "memory":
	case errors.Is(err, control.ErrLocked):
		return false, nil, err
	default:
		return false, nil, setting.About("data", err)
	}
	log.Warn("no control socket: commands cannot reach this server", "error", err)
	return false, func() {}, nil
}

// stopTime is the maximum duration of a shutdown, including the configured drain.
const stopTime = 5 * time.Minute

// runServer starts s, calls ready, and stops s when ctx ends.
func runServer(ctx context.Context, s *app.Server, ready func() error) error {
	err := s.Start(ctx)
	if err == nil {
		err = ready()
	}
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-s.Failed():
		}
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if stopErr := s.Stop(stop); err == nil {
		err = stopErr
	}
	return err
}
