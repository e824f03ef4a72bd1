// Package expr provides hooks that are a single expression in the configuration, for
// operators who do not want to compile code.
//
// server/app binds the entries with expr: below hooks:, and library users call [Bind]. An
// expression reads the point's keys, and its value is the answer:
//
//	auth-expire     user.login startsWith "svc-" ? 900 : lifetime
//	token-claims    "gold" in user.roles ? {tier: "gold"} : nil
//	route-access    user.email endsWith "@example.com" || deny("staff only")
//
//	source --Bind: parse, type-check, bound--> program --each call--> value --> point's view
//	                    | error with the position
//
// [Bind] describes the meaning of values. An expression has access to the same keys as a
// guest (see the catalogue in plugins/README.md), with the same restrictions.
//
// # Why expr-lang
//
// Of the two candidates, cel-go has a cost limit and expr-lang does not, but the form of
// the expression gives the same limit: without variables, nested predicates, ranges and
// functions that multiply strings, every part runs at most once for each member of one
// list. This is checked when an expression is bound, and the number of parts is limited to
// 200. With that, expr-lang is the lighter one: measured on linux/amd64 it adds 2.4 MB to a
// program, cel-go 7.8 MB; it needs 19 packages outside the standard library, cel-go 67; and
// a condition over two values takes 0.2 us against 2.1 us.
//
// The package keeps no state, starts no goroutines and logs nothing. Expressions come from
// the operator, so no grants apply.
package expr
