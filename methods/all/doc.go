// Package all is the list of authentication methods that a configuration can name:
// one line a method. Only the commands and examples import it; a library user imports
// the methods wanted. A program with a method of its own adds it to the list:
//
//	types := all.Types()
//	types["hmac"] = hmac.Config{}
//	os.Exit(cli.Main(cli.Program{Types: config.Types{Methods: types}}))
package all
