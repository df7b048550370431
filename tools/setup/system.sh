#!/usr/bin/env bash
# Installs what the tests need beside Go and Node: PostgreSQL, mosquitto, chromium and poppler-utils. Safe to run again. On Debian and
# Ubuntu it installs as root or with sudo; elsewhere it says what is missing. With CI=true a missing program is an error.
set -euo pipefail

have_postgres() { command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_mosquitto() { command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ]; }
have_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
have_poppler() { command -v pdftotext >/dev/null 2>&1; }

missing=()
have_postgres || missing+=(postgresql)
have_mosquitto || missing+=(mosquitto)
have_chromium || missing+=(chromium)
have_poppler || missing+=(poppler-utils)
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: missing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
fi
if command -v apt-get >/dev/null 2>&1 && [ "${as_root[*]:-}" != false ]; then
  "${as_root[@]}" apt-get update -qq </dev/null
  # No cluster and no service of its own: tests start their own servers on their own folders and ports.
  if [ -d /etc/postgresql-common ] || "${as_root[@]}" mkdir -p /etc/postgresql-common; then
    grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf ||
      echo 'create_main_cluster = false' | "${as_root[@]}" tee -a /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
  exit 0
fi
echo "setup: install ${missing[*]} with this system's package manager; tests that need them are skipped until then"
[ "${CI:-}" = true ] && exit 1
exit 0
