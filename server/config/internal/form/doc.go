// Package form validates the syntax of configuration values: names, hosts, paths,
// patterns, headers, issuers. server/config calls it.
//
// The functions whose names start with Bad return "" for a valid value, else what is wrong
// with it and what to write. They check one value and know no settings.
package form
