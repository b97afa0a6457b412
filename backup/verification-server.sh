#!/usr/bin/env bash
# The throwaway Postgres that verifies a dump: only a socket leads to it, and nothing of it has to survive a crash. Encoding and locale are those
# that the operator gives the site's server, so that both have the same template.
set -euo pipefail

data=$VERIFICATION_FOLDER/data
rm -rf "$data"
initdb --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --data-checksums --no-sync >/dev/null

# An extension that has to be loaded at start cannot be created otherwise.
libraries=$(pg_config --pkglibdir 2>/dev/null || echo "$(dirname "$(readlink -f "$(command -v postgres)")")/../lib")
preload=()
for name in pgaudit pg_stat_statements; do
  if [ -e "$libraries/$name.so" ]; then preload+=("$name"); fi
done

exec postgres -D "$data" -k "$VERIFICATION_FOLDER" \
  -c listen_addresses= -c unix_socket_permissions=0770 \
  -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 \
  -c max_locks_per_transaction=256 -c max_wal_size=4GB -c checkpoint_timeout=1h -c autovacuum=off -c dynamic_shared_memory_type=mmap -c maintenance_work_mem="$VERIFICATION_INDEX_MEMORY" \
  -c shared_preload_libraries="$(IFS=,; echo "${preload[*]}")"
