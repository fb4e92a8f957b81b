# SPDX-License-Identifier: GPL-2.0
#
# compare.awk KEPT NEW: fails if something of ours costs more instructions over the raw device
# than it did, by more than 2 % and more than a quarter of a percent of all its instructions, by
# which rows of the same code have differed.

!/"what": "io"/ { next }
{ row = field("candidate") ", " field("load") }
row ~ /^(raw|dm)-?/ { next }
NR == FNR { kept[row] = field("over_raw") + 0; next }

row in kept {
	new = field("over_raw") + 0
	noise = field("instructions") / 400
	compared++
	if (new > kept[row] * 1.02 && new > kept[row] + noise) {
		printf "worse: %s: %+.0f instructions over raw, was %+.0f\n", row, new, kept[row]
		worse++
	} else if (new < kept[row] * 0.98 && new < kept[row] - noise) {
		printf "better: %s: %+.0f instructions over raw, was %+.0f\n", row, new, kept[row]
	}
}

END {
	printf "%d rows compared, %d worse\n", compared, worse
	exit !compared || worse > 0
}
