#!/bin/sh
# shellcheck source=common/tests/scenarios/scenario.sh
. "$(dirname "$0")/scenario.sh"
# shellcheck source=common/tests/scenarios/background.sh
. common/tests/scenarios/background.sh
# shellcheck source=common/tests/scenarios/together.sh
. common/tests/scenarios/together.sh
goal 'values, streams, holders, lists and readers together, and kills: nothing is lost, torn or left'

perl -MJSON::PP -e 1 2>/dev/null || leave_out 'there is no perl with JSON::PP'

it "for ${STORM_SECONDS:-5} s --put, --release, --update, readers and --stat meet on one name: each --put succeeds"
storm "${STORM_SECONDS:-5}"

it "for ${TOGETHER_SECONDS:-8} s"
together "${TOGETHER_SECONDS:-8}"

finish
