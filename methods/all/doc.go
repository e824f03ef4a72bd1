// Package all is the list of authentication methods that a configuration can name: one line
// per method. Only commands and examples import it; library users import the methods they
// want. A program with a method of its own adds it to the list:
//
//	types := all.Types()
//	types["hmac"] = hmac.Config{}
//	os.Exit(cli.Main(cli.Program{Types: config.Types{Methods: types}}))
package all
