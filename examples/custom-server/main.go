// Command custom-server is Cardea with a custom auth method, dialect, Go hook and command,
// in addition to everything in cardea. It is not a fork: main passes longer lists.
//
//	main -> server/cli.Main(Program) -> every command of cardea, and badges
//	          Types    -> methods/all, and badge     (methods: [{type: badge, ...}])
//	                      dialect/all, and plain     (mounts: [{dialect: plain, ...}])
//	          Hooks    -> plan at token-claims       (custom-server hooks list)
//	          Commands -> badges                     (custom-server badges --help)
//
//	go run ./examples/custom-server help
package main

import (
	"os"

	"github.com/cardea-auth/cardea/examples/custom-server/badge"
	"github.com/cardea-auth/cardea/examples/custom-server/plainlogin"
	methods "github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

func main() {
	types := config.Types{Methods: methods.Types(), Dialects: dialects.Types()}
	types.Methods["badge"] = badge.Config{}       // methods: [{type: badge, badge: blue, user: porter}]
	types.Dialects["plain"] = plainlogin.Config{} // mounts: [{name: devices, dialect: plain}]
	os.Exit(cli.Main(cli.Program{
		Version:  "custom",
		Types:    types,
		Hooks:    []app.Hook{{Name: "plan", Order: 10, Bind: bindPlan}},
		Commands: []cli.Command{{Name: "badges", Short: "List who has which badge", Run: listBadges}},
	}))
}
