#!/usr/bin/env bash
# Runs the tests against a real Postgres 15 (TLS on) and Redis (ACL on), which run from a temporary folder until the tests end.
# Arguments go to cargo: app/test.sh --test it notes
set -euo pipefail
cd "$(dirname "$0")"

bin=${POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
for tool in "$bin/initdb" redis-server openssl cargo; do
  command -v "$tool" >/dev/null || { echo "test.sh: $tool is missing; run apt-get install postgresql-15 redis-server openssl" >&2; exit 1; }
done

# Postgres refuses to run as root; its own user comes with the package.
as=()
if [ "$(id -u)" = 0 ]; then as=(runuser -u postgres --); fi

work=$(mktemp -d "${TMPDIR:-/tmp}/acci-test.XXXXXX")
redis=
stop() {
  if [ -f "$work/pg/postmaster.pid" ]; then "${as[@]}" "$bin/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null || true; fi
  if [ -n "$redis" ]; then kill "$redis" 2>/dev/null || true; wait "$redis" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' INT TERM

password=pw-$(openssl rand -hex 12)

# A CA and a leaf, as a cluster has them: the client must refuse a CA used as a server certificate.
mkdir "$work/tls"
request() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@" 2>/dev/null; }
request -x509 -days 2 -subj /CN=test-ca -keyout "$work/tls/ca.key" -out "$work/tls/ca.crt"
request -x509 -days 2 -subj /CN=other-ca -keyout "$work/tls/other.key" -out "$work/tls/other-ca.crt"
request -subj /CN=127.0.0.1 -keyout "$work/tls/server.key" -out "$work/tls/server.csr"
printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' > "$work/tls/leaf.ext"
openssl x509 -req -days 2 -in "$work/tls/server.csr" -CA "$work/tls/ca.crt" -CAkey "$work/tls/ca.key" -CAcreateserial \
  -extfile "$work/tls/leaf.ext" -out "$work/tls/server.crt" 2>/dev/null
chmod 600 "$work"/tls/*.key
chmod 755 "$work" "$work/tls"
cp "$work/tls/server.key" "$work/redis.key"
if [ "$(id -u)" = 0 ]; then
  chown postgres "$work" "$work/tls/server.key"
fi

printf '%s' "$password" > "$work/password"
chmod 644 "$work/password"
"${as[@]}" "$bin/initdb" -D "$work/pg" -U postgres --pwfile="$work/password" --auth=scram-sha-256 -E UTF8 >/dev/null
options="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$work -c fsync=off -c max_connections=200 -c ssl=on \
 -c ssl_cert_file=$work/tls/server.crt -c ssl_key_file=$work/tls/server.key"

# A port is known to be free only once the server listens on it, so several are tried.
free_port() { echo $((20000 + RANDOM % 20000)); }
for attempt in 1 2 3 4 5; do
  pg_port=$(free_port)
  if "${as[@]}" "$bin/pg_ctl" -D "$work/pg" -w -l "$work/pg.log" -o "$options -p $pg_port" start >/dev/null; then break; fi
  if [ "$attempt" = 5 ]; then cat "$work/pg.log" >&2; exit 1; fi
done
for attempt in 1 2 3 4 5; do
  redis_port=$(free_port)
  redis_tls_port=$(free_port)
  printf '%s\n' "port $redis_port" "bind 127.0.0.1" 'save ""' "dir $work" "user default off" \
    "tls-port $redis_tls_port" "tls-auth-clients no" "tls-cert-file $work/tls/server.crt" "tls-key-file $work/redis.key" \
    "user acci on >$password ~acci:* -@all +@read +@write" > "$work/redis.conf"
  redis-server "$work/redis.conf" > "$work/redis.log" 2>&1 &
  redis=$!
  for _ in $(seq 50); do
    if grep -q 'Ready to accept' "$work/redis.log" || ! kill -0 "$redis" 2>/dev/null; then break; fi
    sleep 0.1
  done
  if kill -0 "$redis" 2>/dev/null; then break; fi
  if [ "$attempt" = 5 ]; then cat "$work/redis.log" >&2; exit 1; fi
done

PGPASSWORD=$password "$bin/psql" -qX -v ON_ERROR_STOP=1 "host=$work port=$pg_port user=postgres dbname=postgres" <<SQL
CREATE ROLE acci LOGIN CREATEDB PASSWORD '$password';
CREATE ROLE acci_app LOGIN NOBYPASSRLS PASSWORD '$password';
CREATE ROLE acci_reader LOGIN BYPASSRLS PASSWORD '$password';
CREATE DATABASE acci OWNER acci;
SQL

export TEST_DATABASE_URL="postgres://acci:$password@127.0.0.1:$pg_port/acci?sslmode=verify-full&sslrootcert=$work/tls/ca.crt"
export TEST_REDIS_URL="redis://acci:$password@127.0.0.1:$redis_port/0"
export TEST_REDIS_TLS_URL="rediss://acci:$password@127.0.0.1:$redis_tls_port/0" TEST_CA_FILE="$work/tls/ca.crt"
cargo test --locked "$@"
