#!/bin/sh
# Runs once, when the database is made: the API's role owns its database and nothing else, and who watches only looks.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --quiet \
  --set application="$(cat /run/secrets/postgres_application_password)" \
  --set watch="$(cat /run/secrets/postgres_watch_password)" <<'END'
CREATE ROLE freeagentics LOGIN PASSWORD :'application';
CREATE DATABASE freeagentics OWNER freeagentics;
REVOKE ALL ON DATABASE freeagentics FROM PUBLIC;
CREATE ROLE watch LOGIN PASSWORD :'watch';
GRANT pg_monitor TO watch;
GRANT CONNECT ON DATABASE freeagentics TO watch;
END
