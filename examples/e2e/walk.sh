#!/bin/sh
# Log in, check the token, write a post, ask who I am: with curl and a form.
#
#   SITE=https://shop.example.org LOGIN=edna PASSWORD=... ./walk.sh
set -eu
api="$SITE/wp-json"

# "@-" takes the password from standard input: not for all to see who list processes.
answer=$(printf %s "$PASSWORD" | curl -sS "$api/jwt-auth/v1/token" \
  --data-urlencode "username=$LOGIN" --data-urlencode "password@-")
token=$(printf %s "$answer" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
[ -n "$token" ] || { echo "no token: $answer" >&2; exit 1; }
echo "token for $(printf %s "$answer" | sed -n 's/.*"user_email":"\([^"]*\)".*/\1/p')"

# A file of headers, for the same reason.
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
printf 'Authorization: Bearer %s\n' "$token" >"$headers"

answer=$(curl -sS -H "@$headers" -X POST "$api/jwt-auth/v1/token/validate")
echo "validate: $(printf %s "$answer" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')"

status=$(curl -sS -H "@$headers" -o /dev/null -w '%{http_code}' "$api/wp/v2/posts" \
  --data-urlencode "title=Written with curl" -d status=publish)
echo "post: $status"

answer=$(curl -sS -H "@$headers" "$api/wp/v2/users/me")
echo "me: $(printf %s "$answer" | sed -n 's/^{"id":[0-9]*,"name":"\([^"]*\)".*/\1/p')"
