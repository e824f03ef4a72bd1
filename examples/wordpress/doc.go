// Package wordpress is the example of a WordPress behind Cardea: the must-use
// plugin cardea.php, the page README.md, and the tests that run both against a
// real WordPress. It holds no Go code of its own.
package wordpress
