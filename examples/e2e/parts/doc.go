// Package parts starts the real components that end-to-end tests run against:
// databases, PHP, web servers, a WordPress. Tests call it, nothing else does.
//
//	test --> MariaDB, PHP, Nginx, WordPress --> a process on a free loopback port,
//	                                            in a directory of its own, stopped by its id
//
// Programs that a test runs itself are found: [Find], [Python].
//
// What is missing is installed from Debian's packages where the user may do so
// (root, with apt). Otherwise the test is skipped and [Main] says so in one line;
// CARDEA_REQUIRE_ALL=1 makes a failure of it. As root, a component runs under an
// account without rights. It holds no mocks, and sends nothing off the loopback.
package parts
