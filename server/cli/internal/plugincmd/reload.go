package plugincmd

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/control"
)

func newList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the plugins of the running server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := command.LoadConfig(cmd)
			if err != nil {
				return err
			}
			var list []app.Plugin
			if err := control.Get(cmd.Context(), cfg.Data, "/plugins", &list); err != nil {
				return unserved(err)
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(list)
			}
			return printPlugins(cmd.OutOrStdout(), list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newReload() *cobra.Command {
	return &cobra.Command{
		Use:   "reload [NAME]",
		Short: "Reload the plugins of the running server, or one of them",
		Long: `Reload the plugins of the running server, or one of them: the module, and its
entry in cardea.yaml (digest, settings, secrets, grants, limits). A plugin that does
not load or fails its own tests stays as it was. Added and removed plugins and
changed bindings take effect at the next start.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := command.LoadConfig(cmd)
			if err != nil {
				return err
			}
			path := "/plugins/reload"
			if len(args) == 1 {
				path += "?name=" + url.QueryEscape(args[0])
			}
			var list []app.Plugin
			if err := control.Post(cmd.Context(), cfg.Data, path, &list); err != nil {
				return unserved(err)
			}
			if err := printPlugins(cmd.OutOrStdout(), list); err != nil {
				return err
			}
			return refusedPlugins(list)
		},
	}
}

// unserved adds advice to the error that no server is running.
func unserved(err error) error {
	if !errors.Is(err, control.ErrNoServer) {
		return err
	}
	return fmt.Errorf("%w: start one with cardea serve or cardea dev, or name the running one's configuration with --config FILE", err)
}

// refusedPlugins returns an error for the plugins that were not reloaded.
func refusedPlugins(list []app.Plugin) error {
	var texts []string
	for _, p := range list {
		if p.Error != "" {
			texts = append(texts, fmt.Sprintf("%s stays as it was: %s", p.Name, p.Error))
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(texts, "\n"))
}

func printPlugins(w io.Writer, list []app.Plugin) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "No plugins are configured; 'cardea plugin new NAME' creates one.")
		return err
	}
	t := command.NewTable(w, "NAME", "VERSION", "SHA256", "SIGNED BY", "PAUSED UNTIL", "POINTS")
	for _, p := range list {
		paused := "-"
		if !p.Paused.IsZero() {
			paused = p.Paused.Local().Format(time.TimeOnly)
		}
		t.Row(p.Name, cmp.Or(p.Version, "-"), fmt.Sprintf("%.12s", p.SHA256), cmp.Or(p.Signer, "-"), paused, strings.Join(p.Points, " "))
	}
	return t.Flush()
}
