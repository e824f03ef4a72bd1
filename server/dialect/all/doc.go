// Package all lists the dialects that a configuration can name, one per line. Only
// server/app, the commands and examples import it. A program can add its own dialect:
//
//	types := all.Types()
//	types["acme"] = acme.Config{}
//	os.Exit(cli.Main(cli.Program{Types: config.Types{Dialects: types}}))
package all
