// Package environ sets settings from environment variables. server/config calls it after
// it has read the file.
//
//	CARDEA_TOKENS__ACCESS_TTL=15m -> path in the tree of settings -> tree.Set
//	                              -> no such setting: a mistake with a hint
//
// It knows no setting by name: the struct type of the tree says which there are. It does
// not read the environment itself.
package environ
