#!/bin/sh
# `make demo`: a short session on the sample pages, in an archive that is gone afterwards.
# Fails if a command fails, or if the first hit is not the one it should be.
set -eu

checkout=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$work"
cp -R "$checkout/raw" raw
ASKIVE_ARCHIVE=$work/archive
PAGER=cat
export ASKIVE_ARCHIVE PAGER

# Show a command as one would type it, then what it says.
run() {
  printf '\n$ %s\n' "$1"
  eval "$1"
}

# The first id that a search finds.
first() {
  askive search --format ids --limit 1 "$1"
}

fail() {
  printf 'demo: %s\n' "$1" >&2
  exit 1
}

run 'askive ingest raw/iop.txt raw/text raw/schema_org raw/ndjson'
run 'askive search "intensive outpatient" --limit 3'
run 'askive search "[iop]"'
run 'askive search "insurance -[iop]" --limit 3'
run 'askive search "[c++] OR [python]" --sort score'

seed=$(askive read --format ids raw/iop.txt)
run "askive related $seed --limit 4"
run 'askive tags | head -n 12'
run 'askive tag iop'

run 'askive export "[iop]" --format json -o iop.json'
run 'python -m json.tool --no-ensure-ascii iop.json | sed -n 1,16p'

# A page that cannot be read is kept, and says why.
printf '\n$ %s\n' 'askive read raw/broken/jsonld-truncated.html'
if askive read raw/broken/jsonld-truncated.html; then
  fail 'a broken page was read'
fi

[ "$(first 'intensive outpatient')" = "$seed" ] || fail '"intensive outpatient" does not find the first page first'
[ "$(first '[iop]')" = "$seed" ] || fail '[iop] does not find the first page first'
