// Package expr is the inline tier: a hook that is one expression, written in the
// configuration by operators who want no compiler.
//
// server/app binds what stands under hooks: as expr:, and library users call
// [Bind]. An expression reads the point's keys and its value is the answer:
//
//	auth-expire     user.login startsWith "svc-" ? 900 : lifetime
//	token-claims    "gold" in user.roles ? {tier: "gold"} : nil
//	route-access    user.email endsWith "@example.com" || deny("staff only")
//
//	source --Bind: parse, type-check, bound--> program --each call--> value --> point's view
//	                    | error with the position
//
// What a value means is in [Bind]. All that a guest reads and writes is there
// under the same names (plugins/README.md has the catalogue); what the engine
// keeps for itself it keeps from expressions too.
//
// # Why expr-lang
//
// Of the two candidates cel-go counts costs by itself and expr-lang does not, but
// the same bound comes from the form of the expression: without named
// intermediate results, nested predicates, ranges and the functions that multiply
// texts, every part runs at most once for each member of one list. That is
// checked here when an expression is bound, and 200 parts are the most. Then
// expr-lang is the lighter one: measured on linux/amd64 it adds 2.4 MB to a
// program, cel-go 7.8 MB; 19 packages besides the standard library against 67;
// and one condition over two values takes 0.2 us against 2.1 us.
//
// The package keeps no state, starts nothing and logs nothing. Expressions are
// the operator's own word: no grants apply.
package expr
