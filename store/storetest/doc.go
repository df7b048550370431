// Package storetest gives tests a real database. A private PostgreSQL is started once per test binary and ends with it;
// each test gets a database of its own, copied from one that was migrated once.
//
// MES_TEST_DATABASE_URL, a superuser's URL, names a server to use instead. Without it and without PostgreSQL's
// programs, tests are skipped with the reason; with CI=true they fail.
package storetest
