// Command cardea is the server, and the tools to operate it.
//
//	cardea dev      everything by default, for a first look
//	cardea serve    a server from a configuration
//	cardea help     the other commands
package main

import (
	"os"

	"github.com/cardea-auth/cardea/server/cli"
)

// version is set in release builds.
var version = "dev"

func main() {
	os.Exit(cli.Main(cli.Program{Version: version}))
}
