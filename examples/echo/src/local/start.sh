# Starts the echo service. Run by an interpreter (sh start.sh), so that no file here needs to be executable.

here=${0%/*}

while read -r name value; do
  case $name in
    port) port=$value ;;
    content-type) content_type=$value ;;
    patience) patience=$value ;;
    '' | '#'*) ;;
    *) echo "echo.conf: unknown setting: $name" >&2; exit 1 ;;
  esac
done < "$here/../config/echo.conf"

for setting in port content_type patience; do
  eval "[ -n \"\$$setting\" ]" || { echo "echo.conf: $setting is missing" >&2; exit 1; }
done
export content_type patience

# The first process of a container ignores every signal that it has not asked for. When it ends, the kernel ends
# the others.
trap 'exit 0' TERM INT

# Each connection gets a process of its own, so that a client that says nothing keeps no other waiting. Not every
# busybox has tcpsvd. The nc of those that have not serves for ever with more than one -l, and their number is how
# many connections may wait to be accepted.
if command -v tcpsvd > /dev/null; then
  tcpsvd -c 128 -b 64 0 "$port" sh "$here/answer.sh" &
else
  nc -llllllllllllllllllllllllllllllll -p "$port" -e sh "$here/answer.sh" &
fi
wait $!
