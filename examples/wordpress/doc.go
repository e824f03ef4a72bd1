// Package wordpress is the example of a WordPress behind Cardea: the must-use
// plugin cardea.php, the page README.md, and the tests that run both against a
// real WordPress. Its only Go code hands the plugin to 'cardea quickstart'.
package wordpress
