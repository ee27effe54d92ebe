#!/bin/sh
# spread.sh COPIES BROKER…: every topic, Kafka's own too, gets so many copies on the brokers of these
# numbers, with Kafka's own tools. Safe to repeat; readers and writers go on meanwhile.
set -eu
copies=$1
shift
tools=${KAFKA_TOOLS:-/opt/kafka/bin}
bootstrap=${BOOTSTRAP:-kafka:9092}
plan=$(mktemp)
if [ "$copies" -gt $# ]; then
  echo "$copies copies want as many brokers; there are $# numbers: $*" >&2
  exit 2
fi

"$tools/kafka-topics.sh" --bootstrap-server "$bootstrap" --describe | awk -v copies="$copies" -v brokers="$*" '
  BEGIN { known = split(brokers, broker, " "); printf "{\"version\":1,\"partitions\":[" }
  $3 == "Partition:" {
    printf "%s{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[", comma, $2, $4
    for (copy = 0; copy < copies; copy++) printf "%s%d", (copy ? "," : ""), broker[($4 + copy) % known + 1]
    printf "]}"
    comma = ","
  }
  END { print "]}" }' >"$plan"

reassign() {
  "$tools/kafka-reassign-partitions.sh" --bootstrap-server "$bootstrap" --reassignment-json-file "$plan" "$1"
}
reassign --execute >/dev/null
while reassign --verify | grep -q "still in progress"; do sleep 2; done
echo "Every topic has $copies copies on the brokers $*."
