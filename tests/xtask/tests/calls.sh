#!/bin/sh
# Prints what each task runs. `$1` is a folder that `tree.sh` made, `$2` is the program `xtask`.
folder=$1
xtask=$2

# Runs a program in which the nth call of another one fails.
run() {
    fails=$1
    shift
    : >"$folder/calls"
    (
        cd "$folder/tree" &&
            exec env -i HOME="$folder" FOLDER="$folder" FAILS="$fails" PATH="$folder/bin:/usr/bin:/bin" "$@"
    ) </dev/null >"$folder/printed" 2>&1
}

header() {
    echo
    if run 0 "$@"; then end=passes; else end=fails; fi
    shift
    echo "# $* $end"
    cp "$folder/calls" "$folder/all"
}

# In any order.
listed() {
    header "$@"
    sort "$folder/all"
}

# In order, each with a mark: `!` if its failure ends the program with an error, or else `?`.
marked() {
    header "$@"
    number=0
    while read -r call; do
        number=$((number + 1))
        mark=!
        if run $number "$@" || [ "$(wc -l <"$folder/calls")" -ne $number ]; then mark='?'; fi
        echo "$mark $call"
    done <"$folder/all"
}

marked "$folder/tree/.ci/run"
# These install the tools, which the other tasks then find. Two fuzzers run at once.
listed "$xtask" setup
listed "$xtask" check format
listed "$xtask" fuzz
listed "$xtask" coverage
listed "$xtask" mutants
listed "$xtask" secrets
for task in check test; do
    # A task prints its steps if it knows none of a name.
    run 0 "$xtask" $task "no such step"
    sed -n '/the steps are:$/,$p' "$folder/printed" | sed 1d >"$folder/steps"
    while read -r step; do marked "$xtask" $task "$step"; done <"$folder/steps"
done
marked "$xtask" fuzz date 7
marked "$xtask" coverage
marked "$xtask" panics --all
marked "$xtask" bench --check
marked "$xtask" firmware only post
