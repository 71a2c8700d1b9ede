#!/bin/sh
# Puts into an empty folder exactly what the API's image holds: the program, the libraries that it names, the authorities of
# the web, and names for its user. No shell, no package manager, nothing else to break into. api.Dockerfile runs this, and so
# does drills/compose, which then runs the program there.
#
#   infra/docker/fileset.sh PROGRAM FOLDER
set -eu

program=$1
image=$2
[ -z "$(ls -A "$image" 2>/dev/null)" ] || { echo "$image is not empty" >&2; exit 1; }

umask 022
mkdir -p "$image/usr/local/bin" "$image/etc/ssl/certs" "$image/proc" "$image/sys" "$image/dev" "$image/run/secrets"
install -d -m 1777 "$image/tmp"
install -d -m 0700 "$image/var/lib/freeagentics" "$image/var/backups/freeagentics"
[ "$(id -u)" != 0 ] || chown 1000:1000 "$image/var/lib/freeagentics" "$image/var/backups/freeagentics"

install -m 0755 "$program" "$image/usr/local/bin/freeagentics"
ldd "$program" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' | while read -r library; do
  install -D -m 0755 "$(readlink -f "$library")" "$image$library"
done

install -m 0644 /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/ca-certificates.crt"
echo 'freeagentics:x:1000:1000::/var/lib/freeagentics:/sbin/nologin' >"$image/etc/passwd"
echo 'freeagentics:x:1000:' >"$image/etc/group"
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
