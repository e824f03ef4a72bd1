package sitecheck

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/samples"
)

// NewSamples returns the samples command.
func NewSamples() *cobra.Command {
	var language, name, address string
	var postman bool
	cmd := &cobra.Command{
		Use:   "samples --lang LANGUAGE",
		Short: "Print the calls of the configured mounts' clients, as a program or as a collection for Postman",
		Long: `Print the calls of the configured mounts' clients, as a program or as a collection for
Postman: log in, use the token, validate it and refresh it.

The program reads the name and the password from the environment (LOGIN, PASSWORD), the
collection from its variables login and password. With --dialect, only mounts with it
are in the output; without such a mount, the calls are those at --url.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := command.Exclusive(cmd, "lang", "postman"); err != nil {
				return err
			}
			if language == "" && !postman {
				return fmt.Errorf("give --lang with one of %s, or --postman", strings.Join(samples.Languages(), ", "))
			}
			sites, err := sampleSites(cmd, name, address)
			switch {
			case err != nil:
				return err
			case postman:
				return samples.Postman(cmd.OutOrStdout(), sites)
			}
			return samples.Write(cmd.OutOrStdout(), language, sites)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&language, "lang", "", "language of the program: "+strings.Join(samples.Languages(), ", "))
	flags.BoolVar(&postman, "postman", false, "print a Postman collection, format 2.1")
	flags.StringVar(&name, "dialect", "", "dialect, as in mounts (default: those of all mounts)")
	flags.StringVar(&address, "url", "", "address of the gateway (default: server.public_url, with the host of each mount)")
	return cmd
}

// sampleSites returns where the calls go: the mounts, or the site at the address if no mount
// has the dialect.
func sampleSites(cmd *cobra.Command, name, address string) ([]samples.Site, error) {
	types := command.Types(cmd).Dialects
	if name != "" && types[name] == nil {
		return nil, errNoDialect(name, types)
	}
	if address != "" {
		p, err := newProbe(address)
		if err != nil {
			return nil, fmt.Errorf("--url: %w", err)
		}
		address = p.base
	}
	cfg, err := configHere(cmd)
	if err != nil {
		return nil, err
	}
	list, err := mountedSites(cmd, cfg, name, address)
	if err != nil || len(list) > 0 {
		return list, err
	}
	if name == "" {
		return nil, errors.New("no mount has a dialect that describes its clients: give --config, or --dialect and --url")
	}
	c, ok := dialect.ClientOf(types, name)
	if !ok {
		return nil, errNoClient(name)
	}
	if cfg == nil {
		usual := config.Default(command.Types(cmd))
		cfg = &usual
	}
	return []samples.Site{{Name: name, URL: cmp.Or(address, samples.PublicURL(cfg)), Client: c.Client}}, nil
}

// mountedSites returns the mounts that have the dialect; "" is any. It warns of those that
// cannot be in a sample.
func mountedSites(cmd *cobra.Command, cfg *config.Config, name, address string) ([]samples.Site, error) {
	if cfg == nil {
		return nil, nil
	}
	list, left, err := samples.OfMounts(cfg, name, address)
	for _, m := range left {
		fmt.Fprintf(cmd.ErrOrStderr(), "cardea: warning: mount %s is left out: %s\n", m.Name, errNoClient(m.Dialect))
	}
	return list, err
}
