# SPDX-License-Identifier: GPL-2.0
#
# For what reads figures, one JSON object a line.

# field NAME: of the object on this line, without quotes; empty if it has none.
function field(name, value) {
	if (!match($0, "\"" name "\": [^,}]*"))
		return ""
	value = substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4)
	gsub(/"/, "", value)
	return value
}
