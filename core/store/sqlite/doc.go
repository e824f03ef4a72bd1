// Package sqlite is a store in one SQLite file, with a write-ahead log that is synced at
// each commit. It uses SQLite in pure Go. The server opens it by default; commands open the
// same file while the server runs.
//
//	             +-- write pool: 1 connection, BEGIN IMMEDIATE --+
//	Open -> Store|                                               |--> cardea.db (0600) -wal -shm
//	             +-- read pool: query_only ----------------------+
//
// The schema is in migrations/, in SQL that PostgreSQL accepts as well. The package does
// not prevent a second server from opening the file, and makes no backups.
package sqlite
