#!/bin/sh
# Runs the two commands of README.md, `npm start` and `npm test`, as a machine would that has nothing but Node.js and the
# basic tools: a clone of its own, an empty home folder, no variables, and a path with node, npm, git and coreutils alone.
# Usage: scripts/fresh-machine.sh [start|test|both] (default: both). Needs the network, for the packages.
# What is not stripped is said first.
set -eu

what=${1:-both}
source=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/home" "$scratch/bin" "$scratch/tmp"

for program in node npm npx git sh bash env cat cp ls mkdir mv rm ln chmod mktemp sleep sed grep head tail tr uname id dirname basename \
  readlink realpath touch tar gzip xz ps kill sort wc cut date stat find df python3 ssh-keygen; do
  found=$(command -v "$program" || true)
  [ -n "$found" ] && ln -s "$(readlink -f "$found")" "$scratch/bin/$program" 2> /dev/null || true
done
# npm and npx are scripts that look for their package beside themselves.
for program in npm npx; do
  rm -f "$scratch/bin/$program"
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$(readlink -f "$(command -v node)")" "$(readlink -f "$(command -v $program)")" > "$scratch/bin/$program"
  chmod +x "$scratch/bin/$program"
done

echo "Not stripped: the system's libraries, /etc (npm's and git's settings for the whole system too), the user's rights, and"
echo "programs that are looked for by their place: an installed Chrome, Chromium or Edge, sshd, ssh and python3."
echo "Left out of the path: everything but $(ls "$scratch/bin" | wc -l) programs. Node.js $(node --version)."

git clone --quiet --no-hardlinks "$source" "$scratch/framecast"
cd "$scratch/framecast"
fresh() {
  env -i HOME="$scratch/home" PATH="$scratch/bin" TMPDIR="$scratch/tmp" LANG=C.UTF-8 \
    ${npm_config_registry:+npm_config_registry="$npm_config_registry"} "$@"
}
[ -z "${npm_config_registry:-}" ] || echo "Kept: npm_config_registry, as the packages are elsewhere here."

status=0
if [ "$what" != test ]; then
  # It serves until it is ended: it is well when it says its address and answers.
  fresh npm start -- --serve --no-open > "$scratch/start.log" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    address=$(grep -o 'http://127[^ ]*' "$scratch/start.log" | head -n 1 || true)
    [ -n "$address" ] && break
    kill -0 "$server" 2> /dev/null || break
    sleep 1
  done
  if [ -n "${address:-}" ] && fresh node -e 'fetch(process.argv[1]).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))' "$address"; then
    echo "ok      npm start"
  else
    echo "FAILED  npm start"
    tail -n 20 "$scratch/start.log"
    status=1
  fi
  kill -INT "$server" 2> /dev/null || true
  wait "$server" 2> /dev/null || true
fi
if [ "$what" != start ]; then
  if fresh npm test; then echo "ok      npm test"; else
    echo "FAILED  npm test"
    status=1
  fi
fi
exit "$status"
