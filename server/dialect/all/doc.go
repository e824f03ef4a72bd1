// Package all is the list of dialects that a configuration can name: one line a dialect.
// Only server/mount, the commands and examples import it. A program with a dialect of its
// own adds it to the list:
//
//	types := all.Types()
//	types["acme"] = acme.Config{}
//	os.Exit(cli.Main(cli.Program{Types: config.Types{Dialects: types}}))
package all
