#!/bin/sh
# Accounts of partner clusters, with Kafka's own tools: partner add NAME | remove NAME | list
# A partner reads public topics under groups of its own name, and nothing else. What `add` prints on
# its standard output is the file that the partner needs; the password is in it and nowhere else.
# Limits come first and go last: whoever has them has an account, also one that stopped halfway, which
# `remove` ends.
set -eu

tool() {
  name=$1
  shift
  if ! "/opt/kafka/bin/$name" --bootstrap-server "$BOOTSTRAP" "$@" >/tmp/said 2>&1; then
    # The innermost cause, without where in the program it came about.
    echo "Kafka did not do it: $(sed '/^[[:space:]]/d; /^$/d; s/.*Exception: //' /tmp/said | tail -n 1)" >&2
    exit 1
  fi
}

known() {
  sed -n "s/.*user-principal '\([^']*\)' are .*consumer_byte_rate.*/\1/p" /tmp/accounts | sort -u
}

has() {
  grep -q "user-principal '$1' are .*$2" /tmp/accounts
}

account() {
  partner=$1
  shift
  tool kafka-configs.sh --alter --entity-type users --entity-name "$partner" "$@"
}

# Sets one that nobody knows, and leaves it in $password.
renew_password() {
  password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
  printf 'SCRAM-SHA-512=password=%s\n' "$password" >/tmp/password
  account "$1" --add-config-file /tmp/password
}

grants() {
  action=$1
  partner=$2
  shift 2
  for resource in "--topic public." "--group $partner."; do
    # shellcheck disable=SC2086 # the resource is two words
    tool kafka-acls.sh "$action" "$@" --allow-principal "User:$partner" \
      --operation Read --operation Describe --resource-pattern-type prefixed $resource
  done
}

add() {
  authority=$(awk '{printf "%s\\n", $0}' /run/secrets/kafka_ca.pem)
  account "$1" --add-config "consumer_byte_rate=$BYTES_A_SECOND,request_percentage=$REQUEST_PERCENTAGE"
  grants --add "$1"
  renew_password "$1"
  cat <<FILE
# Kafka client settings of the partner $1. Keep this file secret.
# Topics begin with public. and groups with $1. - what they hold: docs/federation.md
bootstrap.servers=$ADDRESS
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="$1" password="$password";
group.id=$1.reader
# Only what was published for good, and all of it where the group has no place yet.
auto.offset.reset=earliest
isolation.level=read_committed
ssl.truststore.type=PEM
ssl.truststore.certificates=$authority
FILE
}

# What it may read ends at once, also where it is connected: Kafka asks for no password again. The
# password is not deleted: a broker (4.2.0) that starts and reads of one that is gone can forget those
# of all others.
remove() {
  grants --remove "$1" --force
  ! has "$1" SCRAM-SHA-512 || renew_password "$1"
  account "$1" --delete-config consumer_byte_rate,request_percentage
  echo "$1 has no account any more." >&2
}

list() {
  known
  [ -n "$(known)" ] || echo "Nobody has an account. To give one: partner add NAME" >&2
  for partner in $(known); do
    has "$partner" SCRAM-SHA-512 ||
      echo "$partner is let in no more, it has no password: partner remove $partner, then add it again." >&2
  done
}

named() {
  case $1 in [!a-z]* | *[!a-z0-9-]*) return 1 ;; esac
  [ ${#1} -ge 2 ] && [ ${#1} -le 31 ]
}

action=${1:-}
partner=${2:-}
case "$# $action" in
  "1 list" | "2 add" | "2 remove") ;;
  *) sed -n '2s/^# //p' "$0" >&2 && exit 2 ;;
esac
if [ "$action" != list ] && ! named "$partner"; then
  echo "'$partner' is no name for a partner: 2 to 31 of a-z, 0-9 and -, a letter first." >&2
  exit 2
fi

# Before anything is made of it: a broker that is silent knows nobody.
tool kafka-configs.sh --describe --entity-type users
mv /tmp/said /tmp/accounts
case "$action: $(known | grep -cx "$partner")" in
  list*) list ;;
  "add: 0") add "$partner" ;;
  "remove: 1") remove "$partner" ;;
  add*) echo "$partner has an account. Take it away first: partner remove $partner" >&2 && exit 1 ;;
  *) echo "$partner has no account. Those who have one: partner list" >&2 && exit 1 ;;
esac
