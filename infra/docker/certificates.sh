#!/bin/sh
# Gives every service of the production stack a certificate of an authority of its own, before anything starts. Runs without a
# network, as root with no right but to give files away. What is good for another 30 days stays; so does what an operator put
# in place of the edge's (certificates/edge.pem and edge.key): a public one.
#
#   certificates FOLDER NAME...     names of the edge, such as agents.example.org
#
# FOLDER has a folder per service, each a volume that only this service sees, and `authority`, which none sees.
set -eu

folder=$1
shift
month=2592000
umask 077
mkdir -p "$folder/authority"
cd "$folder/authority"

curve() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1"
}

if ! openssl x509 -in ca.pem -noout -checkend "$month" >/dev/null 2>&1; then
  curve ca.key
  openssl req -x509 -new -key ca.key -days 1825 -subj '/CN=FreeAgentics, this installation' -out ca.pem \
    -addext 'keyUsage=critical,keyCertSign,cRLSign'
fi

# A service, the user that it runs as, and its names.
issue() {
  service=$1 user=$2
  shift 2
  mkdir -p "../$service"
  chmod 0755 "../$service"
  install -m 0644 ca.pem "../$service/ca.pem"
  [ "$#" != 0 ] || return 0
  if openssl x509 -in "../$service/$service.pem" -noout -checkend "$month" >/dev/null 2>&1; then return 0; fi
  names=
  for name in "$@"; do names="$names,DNS:$name"; done
  curve "$service.key"
  openssl req -new -key "$service.key" -subj "/CN=$1" -out "$service.csr"
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\n' "${names#,}" >extensions
  openssl x509 -req -in "$service.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 397 -extfile extensions \
    -out "$service.pem" 2>/dev/null
  chmod 0644 "$service.pem"
  chmod 0400 "$service.key"
  # Another volume: it is read once more, which root without its rights can only do with files of its own.
  mv "$service.pem" "$service.key" "../$service/"
  chown "$user:$user" "../$service/$service.key"
  rm "$service.csr" extensions
}

issue edge 1000 "$@" edge localhost
issue api 1000 api
issue postgres 999 postgres
issue redis 999 redis
# Who only asks needs only the authority.
issue monitoring 65534
