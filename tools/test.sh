#!/usr/bin/env bash
# All tests: web, tools, Go, whole system. A line for each package as it ends, the full output of what fails, a sign of
# life every half minute, and the sum as the last line.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin
(cd tools && go build -o ../bin/tally ./tally) || exit 1
export MES_SYSTEM=1 MES_BINARY="$PWD/bin/mes"

echo "== web"
rm -f bin/vitest.json
(cd web && npx --no-install vitest run --reporter=default --reporter=json --outputFile.json=../bin/vitest.json)

echo "== go"
# Without vet, which lint has run. Two packages at a time; whole-system packages take turns by a lock of their own.
{
  (cd tools && go test -json ./tally)
  go test -json -vet=off -p 2 -timeout 30m ./...
} 2>&1 | bin/tally -vitest bin/vitest.json
