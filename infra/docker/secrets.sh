#!/bin/sh
# Makes the secrets of the production stack, each in a file that only the user of its service can read. What is there already
# stays, so that it can be run again after an upgrade. Run it as root, once, on the machine that the stack runs on.
#
#   infra/docker/secrets.sh [FOLDER]     default: secrets
#
# Yours to fill: alert_chat_url, alert_pager_key (where alerts go), grafana_password if you want another.
set -eu

folder=${1:-secrets}
[ "$(id -u)" = 0 ] || { echo "run it as root: files are given to the users of the services" >&2; exit 1; }
umask 077
mkdir -p "$folder"
# Others may pass, and read nothing.
chmod 0711 "$folder"
cd "$folder"

random() {
  openssl rand -hex 32
}

# A file for a user, from standard input, unless there is one.
keep() {
  name=$1 user=$2
  if [ -e "$name" ]; then cat >/dev/null; else cat >"$name"; fi
  chmod 0400 "$name"
  chown "$user:$user" "$name"
}

# One password each, of which both sides get a copy.
for name in postgres_application postgres_watch redis_api redis_watch; do
  random | keep ".$name" 0
done
random | keep postgres_password 999
keep postgres_application_password 999 <.postgres_application
keep postgres_watch_password 999 <.postgres_watch
keep exporter_postgres_password 65534 <.postgres_watch
printf 'postgres://freeagentics:%s@postgres:5432/freeagentics\n' "$(cat .postgres_application)" | keep database_url 1000

# Redis keeps only hashes. Whoever watches may read figures and nothing else.
hash() {
  tr -d '\n' <"$1" | sha256sum | cut -d ' ' -f 1
}
{
  printf 'user default on #%s ~* &* +@all -@dangerous +info +keys +script\n' "$(hash .redis_api)"
  printf 'user watch on #%s resetkeys resetchannels -@all +ping +info +latency +slowlog|get +slowlog|len +client|list +client|setname +config|get +dbsize\n' \
    "$(hash .redis_watch)"
} | keep redis_users 999
keep redis_health_password 999 <.redis_watch
keep redis_password 1000 <.redis_api
printf '{"rediss://redis:6379":"%s"}\n' "$(cat .redis_watch)" | keep exporter_redis_password 65534

random | keep sealing_key 1000
random | keep backup_key 1000
random | keep bootstrap_token 1000
random | keep mail_hook_secret 1000
random | keep grafana_password 472
echo 'https://chat.example/hook' | keep alert_chat_url 65534
echo '00000000000000000000000000000000' | keep alert_pager_key 65534
