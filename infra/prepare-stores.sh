#!/usr/bin/env bash
# Gives an environment what Pulumi must not know: the logins of its stores, and keys that are random. Every value goes
# into its secret and is shown to nobody. What has a value keeps it, so this can be run again: for a new module, too.
#
#   bash prepare-stores.sh staging auth users billing notifications
#
# The database is reached from inside alone. So run it in AWS CloudShell, in a VPC environment of its own ("Create VPC
# environment"): the subnet app-a, the security group lightpress-<environment>-migrator, and this file pasted, as nothing
# can be uploaded there (infra/README.md, "Secrets").
set -euo pipefail

environment=${1:?Which environment: staging or production?}
shift
[ $# -gt 0 ] || { echo 'Which modules? All that infra/src/catalogue.ts names.' >&2; exit 1; }
for module in "$@"; do
  [[ $module =~ ^[a-z][a-z_]*$ ]] || { echo "$module is no name of a module." >&2; exit 1; }
done

name=lightpress-$environment
region=${AWS_REGION:?Which region? CloudShell knows it.}

main() {
  require_programs aws curl node openssl psql
  connect_to_database
  prepare_database "$@"
  prepare_queue
  for secret in internal-key secrets-encryption-key auth/key-encryption-key; do
    is_set $secret || openssl rand -base64 32 | keep $secret
  done
  list_unset
}

require_programs() {
  local program
  for program in "$@"; do
    command -v "$program" > /dev/null || { echo "$program is missing here; psql comes by: sudo dnf install -y postgresql16" >&2; exit 1; }
  done
}

connect_to_database() {
  local administrator
  curl --fail --silent --show-error --output rds.pem \
    "https://truststore.pki.rds.amazonaws.com/$region/$region-bundle.pem"
  host=$(instance Endpoint.Address)
  administrator=$(instance MasterUserSecret.SecretArn)
  PGPASSWORD=$(read_secret "$administrator" | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).password')
  export PGPASSWORD
}

# One login that owns every schema and is for migrations, and one for each module, which sees its own schema alone.
prepare_database() {
  query <<SQL
create extension if not exists pg_stat_statements;
revoke all on database lightpress from public;
SQL
  login migrator migrator/database-url
  query <<< 'grant create on database lightpress to migrator;'
  for module in "$@"; do
    login "${module}_service" "$module/database-url"
    role "${module}_owner"
    role "${module}_app"
    query <<SQL
grant ${module}_owner, ${module}_app to migrator;
grant ${module}_app to ${module}_service;
SQL
  done
}

role() {
  query <<SQL
do \$\$ begin
  if not exists (select from pg_roles where rolname = '$1') then create role $1 nologin; end if;
end \$\$;
SQL
}

# The password is in the secret and in the database: where the secret has none yet, both get a new one.
login() {
  local password
  role "$1"
  query <<< "grant connect on database lightpress to $1;"
  ! is_set "$2" || return 0
  password=$(openssl rand -hex 32)
  query <<< "alter role $1 login password '$password';"
  printf 'postgres://%s:%s@%s:5432/lightpress?sslmode=verify-full&sslrootcert=certificates/rds.pem' \
    "$1" "$password" "$host" | keep "$2"
}

# Off until now: see infra/src/data.ts, which says what it may do.
prepare_queue() {
  local password queue
  ! is_set queue-url || return 0
  password=$(openssl rand -hex 32)
  queue=$(ask elasticache describe-replication-groups --replication-group-id "$name" \
    --query 'ReplicationGroups[0].NodeGroups[0].PrimaryEndpoint.Address')
  printf '{"Type":"password","Passwords":["%s"]}' "$password" |
    aws elasticache modify-user --user-id "$name" \
      --access-string 'on ~lightpress:* &lightpress.* +@all -@dangerous +info' \
      --authentication-mode file:///dev/stdin > /dev/null
  printf 'rediss://lightpress:%s@%s:6379' "$password" "$queue" | keep queue-url
}

list_unset() {
  local names secret
  names=$(ask secretsmanager list-secrets --filters "Key=name,Values=$name/" --query 'SecretList[].Name')
  for secret in $names; do
    is_set "${secret#"$name/"}" || echo "$secret has no value yet. Where it is needed, set it:
  aws secretsmanager put-secret-value --secret-id $secret --secret-string file:///dev/stdin"
  done
}

query() {
  psql "host=$host port=5432 dbname=lightpress user=lightpress sslmode=verify-full sslrootcert=rds.pem" \
    --set=ON_ERROR_STOP=1 --quiet --no-psqlrc
}

instance() {
  ask rds describe-db-instances --db-instance-identifier "$name" --query "DBInstances[0].$1"
}

read_secret() {
  ask secretsmanager get-secret-value --secret-id "$1" --query SecretString
}

ask() {
  local answer
  answer=$(aws "$@" --output text)
  [ "$answer" != None ] || { echo "AWS has no answer to: aws $*" >&2; return 1; }
  printf '%s\n' "$answer"
}

is_set() {
  local value
  # Ends here also where it is asked as a condition, in which bash lets failures pass.
  value=$(read_secret "$name/$1") || exit 1
  [ "$value" != unset ]
}

# From the standard input, so that it stands in no list of processes.
keep() {
  aws secretsmanager put-secret-value --secret-id "$name/$1" --secret-string file:///dev/stdin > /dev/null
  echo "$name/$1 is set."
}

main "$@"
