# Answers one HTTP request: its standard input and output are the connection.

LC_ALL=C
end=$(printf '\r')

# Of printable ASCII, which is all that a request line may hold, JSON gives a meaning to two characters.
json() {
  case $1 in
    *[\"\\]*) printf '"%s"' "$(printf '%s' "$1" | sed 's/["\\]/\\&/g')" ;;
    *) printf '"%s"' "$1" ;;
  esac
}

respond() { # status, body
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %s\r\nConnection: close\r\n\r\n' "$1" "$content_type" "${#2}"
  [ "$method" = HEAD ] || printf '%s' "$2"
}

# A line has 8192 bytes and "patience" seconds, a request 100 lines: nobody holds a process for ever.
line() {
  IFS= read -r -n 8192 -t "$patience" text || exit 0
  text=${text%"$end"}
}

line
request=$text
method=${request%% *}
uri=${request#* }
uri=${uri% HTTP/1.[01]}

# The headers are read to their end: closing a connection with something unread resets it, and the answer is lost.
lines=0
line
while [ -n "$text" ]; do
  lines=$((lines + 1))
  [ $lines -le 100 ] || exit 0
  line
done

case $request in
  *[!\ -~]*) respond '400 Bad Request' '{"error":"not ASCII"}' ;;
  *' '*' HTTP/1.'[01]) respond '200 OK' "{\"method\":$(json "$method"),\"uri\":$(json "$uri")}" ;;
  *) respond '400 Bad Request' '{"error":"not an HTTP/1 request"}' ;;
esac
