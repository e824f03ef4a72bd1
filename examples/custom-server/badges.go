package main

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/examples/custom-server/badge"
	"github.com/cardea-auth/cardea/server/cli"
)

// listBadges implements the command badges.
func listBadges(_ context.Context, c *cli.Call) error {
	cfg, err := c.Config()
	if err != nil {
		return err
	}
	for _, m := range cfg.Methods {
		if b, ok := m.Config.(badge.Config); ok {
			fmt.Fprintf(c.Stdout, "%s: %s\n", b.Badge, b.User)
		}
	}
	return nil
}
