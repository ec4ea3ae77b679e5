#!/usr/bin/env bash
# Runs the two commands of README.md, `npm start` and `npm test`, as a machine would that has nothing but Node.js and the
# basic tools: a clone of its own, an empty home folder, no variables, and a path with node, npm, git and coreutils alone.
# The programs of OpenSSH are left in it, as they come with the sshd that tests find by its place.
# Usage: scripts/fresh-machine.sh [start|test|both [test files…]] (default: both, and all tests). Needs the network, for
# the packages. What is not stripped is said first.
set -eu

what=${1:-both}
[ $# -eq 0 ] || shift
source=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/home" "$scratch/bin" "$scratch/tmp"

essential=$(dpkg -L coreutils findutils grep sed gzip tar procps 2> /dev/null | sed -n 's|.*/bin/||p' || true)
for program in node npm npx git sh bash env xz python3 ssh ssh-add ssh-agent ssh-keygen $essential; do
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
  # It serves until it is ended: it is well when it says its address, answers there, and leaves nothing when it is told to end.
  # With job control it is a group of processes of its own, all of which get the signal, as in a terminal.
  set -m
  fresh npm start -- --serve --no-open > "$scratch/start.log" 2>&1 &
  set +m
  for _ in $(seq 900); do
    address=$(grep -o 'http://127[^ ]*' "$scratch/start.log" | head -n 1 || true)
    [ -n "$address" ] && break
    kill -0 $! 2> /dev/null || break
    sleep 1
  done
  # The first answer is a cookie for the token of the address, which leads to the page.
  answers() {
    fresh node -e '
      const [address] = process.argv.slice(1);
      fetch(address, { redirect: "manual" })
        .then(({ headers }) => fetch(new URL(headers.get("location"), address), { headers: { cookie: headers.getSetCookie().join("; ") } }))
        .then(async (page) => process.exit(page.ok && (await page.text()).includes("workbench.js") ? 0 : 1))
        .catch((error) => { console.error(error); process.exit(1); });' "$1"
  }
  ok=yes
  if [ -z "${address:-}" ]; then ok="it said no address"; elif ! answers "$address"; then ok="$address did not answer with VS Code"; fi
  kill -INT -- "-$!" 2> /dev/null || true
  wait $! 2> /dev/null || true
  for _ in $(seq 10); do
    left=$(ps -eo args | grep -F "$scratch/framecast/.vscode-test" | grep -vc grep || true)
    [ "$left" -eq 0 ] && break
    sleep 1
  done
  [ "$left" -eq 0 ] || ok="$left processes were left behind"
  if [ "$ok" = yes ]; then echo "ok      npm start"; else
    echo "FAILED  npm start: $ok"
    tail -n 20 "$scratch/start.log"
    status=1
  fi
fi
if [ "$what" != start ]; then
  if fresh npm test -- "$@"; then echo "ok      npm test"; else
    echo "FAILED  npm test"
    status=1
  fi
fi
exit "$status"
