#!/bin/sh
# Whether a time server keeps this machine's clock: a line, and 1 where none does.
case $(timedatectl show --property NTPSynchronized --value 2>/dev/null) in
  yes) echo "✓ It is kept by a time server." ;;
  no)
    echo "✗ No time server keeps this machine's clock. Run: sudo timedatectl set-ntp true"
    exit 1
    ;;
  *) echo "! Whether a time server keeps it cannot be asked here: there is no timedatectl." ;;
esac
