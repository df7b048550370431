// Package witness keeps what vouches for the audit trail outside the database: the key that signs checkpoints, and the
// file that every checkpoint is copied to. Its Keeper makes checkpoints and checks the trail each day.
package witness
