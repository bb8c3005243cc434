#!/bin/sh
. "$(dirname "$0")/scenario.sh"
. common/tests/scenarios/together.sh
goal 'nothing is lost, torn or left behind when all commands run together and processes are killed'

perl -MJSON::PP -e 1 2>/dev/null || leave_out 'there is no perl with JSON::PP'

it "each --put succeeds while --release, --update, readers and --stat use its name for ${STORM_SECONDS:-5} s"
storm "${STORM_SECONDS:-5}"

it "all commands run together on three names for ${TOGETHER_SECONDS:-8} s"
together "${TOGETHER_SECONDS:-8}"

finish
