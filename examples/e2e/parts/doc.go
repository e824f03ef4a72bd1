// Package parts starts the real components that end-to-end tests run against: databases,
// PHP, web servers, a WordPress. Only tests call it.
//
//	test --> MariaDB, PHP, Nginx, WordPress --> a process on a free loopback port,
//	                                            in a directory of its own, stopped by its id
//
// [Find] and [Python] find programs that a test runs itself.
//
// Missing components are installed from Debian's packages if the user may do so (root,
// with apt). Otherwise the test is skipped and [Main] reports it in one line; with
// CARDEA_REQUIRE_ALL=1 the test fails. If run as root, components run under an
// unprivileged account. The package has no mocks and uses the loopback only.
package parts
