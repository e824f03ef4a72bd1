// Package wordpress is the example of a WordPress behind Cardea: the must-use plugin
// cardea.php, README.md, and the tests that run both against a real WordPress. Its only
// Go code provides the plugin for 'cardea quickstart'.
package wordpress
