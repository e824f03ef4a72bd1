package route

import "errors"

// Table is a compiled set of rules.
type Table struct{}

// Compile checks rules and builds the table that matches them.
func Compile(rules []Rule) (*Table, error) { return nil, errors.New("no rules are accepted yet") }

// Match returns the rule that governs a request, false if there is none.
func (t *Table) Match(host, method, path string) (*Rule, bool) { return nil, false }

// MethodsFor lists the methods for which a rule governs the path.
func (t *Table) MethodsFor(host, path string) []string { return nil }
