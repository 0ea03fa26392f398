#!/bin/sh
# Cargo's runner of test programs: announces the program among libtest's JSON.
printf '{"type":"program","package":"%s","file":"%s"}\n' "$(basename "$PWD")" "$(basename "$1")"
# libtest writes JSON for a stable compiler only with this. Set for all of cargo, it would rebuild the dependencies.
RUSTC_BOOTSTRAP=1 exec "$@"
