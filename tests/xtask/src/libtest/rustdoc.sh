#!/bin/sh
# A rustdoc that writes libtest's JSON, and checks the error codes of `compile_fail`.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
