# What aws, docker and git of this folder do: they ask the test that runs (server.ts), which costs less than a Node of their own.
input=''
[ "${0##*/} $1" = 'docker login' ] && input=$(cat)
exec 3<>"/dev/tcp/127.0.0.1/$STAND_IN_PORT" || exit 64
printf '%s\0' "$STAND_IN_FOLDER" "${0##*/}" "$input" "$#" "$@" >&3
read -r code <&3 || exit 64
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
