# SPDX-License-Identifier: GPL-2.0
#
# compare.awk KEPT NEW: fails if something of ours costs more instructions over the raw device
# than it did, by more than 2 % and more than a quarter of a percent of all its instructions, by
# which rows of the same code have differed; if more bytes are copied or read for each overwritten;
# if with more devices attached a write costs more; or if a row is gone.

function worse(text) {
	print "worse: " row ": " text
	failed++
}

function number(name) {
	return field(name) + 0
}

{ what = field("what") }
what == "io" { row = field("candidate") ", " field("load") }
what == "bytes" { row = "bytes, " field("load") }
what == "growth" { row = "attached devices, " field("devices") }
what !~ /^(io|bytes|growth)$/ || row ~ /^(raw|dm)-?/ { next }

NR == FNR {
	kept[row] = number(what == "io" ? "over_raw" : what == "bytes" ? "copied" : "instructions")
	also[row] = number("read")
	next
}

!(row in kept) { next }
{ compared++ }

what == "io" {
	new = number("over_raw")
	noise = number("instructions") / 400
	if (new > kept[row] * 1.02 && new > kept[row] + noise)
		worse(sprintf("%+.0f instructions over raw, was %+.0f", new, kept[row]))
	else if (new < kept[row] * 0.98 && new < kept[row] - noise)
		printf "better: %s: %+.0f instructions over raw, was %+.0f\n", row, new, kept[row]
}

what == "bytes" && (number("copied") > kept[row] * 1.02 || number("read") > also[row] * 1.02) {
	worse(sprintf("%.3f copied and %.3f read, were %.3f and %.3f", number("copied"), number("read"),
		kept[row], also[row]))
}

what == "growth" && number("instructions") > kept[row] * 1.02 {
	worse(sprintf("%d instructions, were %d", number("instructions"), kept[row]))
}

{ delete kept[row] }

END {
	for (row in kept)
		worse("was not measured")
	printf "%d rows compared, %d worse\n", compared, failed
	exit !compared || failed > 0
}
