// Package store keeps the records: it implements the ports of package mes on PostgreSQL.
//
// One rule holds everywhere: a state row, its audit row and its outbox rows are written in one transaction, under a key
// that makes writing them twice harmless. Locks are always taken in the same order: the lot, its station, its components
// by ID, the order, and last of all the head of the audit chain, in the same round trip as the commit.
package store

//go:generate go tool -modfile=../tools/go.mod sqlc generate
