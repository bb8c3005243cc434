#!/bin/sh
# shellcheck source=common/tests/scenario.sh
. "$(dirname "$0")/../../common/tests/scenario.sh"
# shellcheck source=common/tests/background.sh
. common/tests/background.sh
# shellcheck source=common/tests/together.sh
. common/tests/together.sh
goal 'values, streams, holders, lists and readers together, and kills: nothing is lost, torn or left'

perl -MJSON::PP -e 1 2>/dev/null || leave_out 'there is no perl with JSON::PP'

it "for ${STORM_SECONDS:-5} s --put, --release, --update, readers and --stat meet on one name: each --put succeeds"
storm "${STORM_SECONDS:-5}"

it "for ${TOGETHER_SECONDS:-8} s"
together "${TOGETHER_SECONDS:-8}"

finish
