#!/bin/sh
# spread.sh COPIES BROKER…: every topic, Kafka's own too, gets so many copies on the brokers of these
# numbers, with Kafka's own tools. Safe to repeat; readers and writers go on meanwhile.
set -eu
copies=$1
shift
tools=${KAFKA_TOOLS:-/opt/kafka/bin}
bootstrap=${BOOTSTRAP:-kafka:9092}
plan=$(mktemp)
described=$(mktemp)
if [ "$copies" -gt $# ]; then
  echo "$copies copies want as many brokers; there are $# numbers: $*" >&2
  exit 2
fi

# Not through a pipe, in which its exit code would be lost. It complains on its standard output.
"$tools/kafka-topics.sh" --bootstrap-server "$bootstrap" --describe >"$described" ||
  { cat "$described" >&2; exit 1; }
awk -v copies="$copies" -v brokers="$*" '
  BEGIN { known = split(brokers, broker, " "); printf "{\"version\":1,\"partitions\":[" }
  $3 == "Partition:" {
    printf "%s{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[", comma, $2, $4
    for (copy = 0; copy < copies; copy++) printf "%s%d", (copy ? "," : ""), broker[($4 + copy) % known + 1]
    printf "]}"
    comma = ","
  }
  END { print "]}" }' "$described" >"$plan"

# So does this tool.
reassign() {
  said=$("$tools/kafka-reassign-partitions.sh" --bootstrap-server "$bootstrap" \
    --reassignment-json-file "$plan" "$1") || { echo "$said" >&2; exit 1; }
}
reassign --execute
reassign --verify
while echo "$said" | grep -q "still in progress"; do
  sleep 2
  reassign --verify
done
if echo "$said" | grep "rather than" >&2; then
  echo "These partitions stand elsewhere: repeat this command." >&2
  exit 1
fi
echo "Every topic has $copies copies on the brokers $*."
