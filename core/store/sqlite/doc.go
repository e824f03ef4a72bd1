// Package sqlite is the store in one file: SQLite, written in Go, with a
// write-ahead log that is synced at each commit. The server opens it by
// default; commands open the same file beside a running server.
//
//	             +-- write pool: 1 connection, BEGIN IMMEDIATE --+
//	Open -> Store|                                               |--> cardea.db (0600) -wal -shm
//	             +-- read pool: query_only ----------------------+
//
// The schema lives in migrations/ in SQL that PostgreSQL takes as well. The
// package does not keep a second server away from the file, and makes no backups.
package sqlite
