// Package standing says whether what is kept counts at the moment: sessions and API keys, by
// themselves and by their user.
//
//	core/internal/{issue,operator}, core.Accounts -> Standing -> store, directories, index
//
// It changes nothing.
package standing
