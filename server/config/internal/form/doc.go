// Package form knows the forms of values that a configuration holds: names, hosts, paths,
// patterns, headers, issuers. server/config asks it.
//
// The functions that begin with Bad return "" for a good value, else what is wrong with it
// and what to write. They look at one value and know no setting.
package form
