# SPDX-License-Identifier: GPL-2.0
#
# Makes the JSON file of the lines that tests/bench/instructions and tests/bench/io print; an
# object a line. Of the rounds of a row of instructions the least counts: whatever disturbs, adds.
# Of times the median counts, and that of the ratios to the raw device in the same round.

function row(text) {
	rows[++nr] = text
}

function raw_of(candidate) {
	return match(candidate, /-(backed|new)$/) ? "raw" substr(candidate, RSTART) : "raw"
}

$1 == "kernel" { kernel = $2 }

$1 == "io" && $2 > 0 && $3 != "warm" {
	key = $3 SUBSEP $4
	each = $6 / $5
	if (!(key in least)) {
		order[++keys] = key
		least[key] = each
	} else if (each < least[key]) {
		least[key] = each
	}
	ios[key] = $5
}

$1 == "bytes" { row(sprintf("{\"what\": \"bytes\", \"load\": \"%s\", \"copied\": %s, \"read\": %s}", $2, $3, $4)) }
$1 == "take" { row(sprintf("{\"what\": \"take\", \"mib\": %s, \"devices\": %s, \"instructions\": %s}", $2, $3, $4)) }
$1 == "memory" { row(sprintf("{\"what\": \"memory\", \"mib\": %s, \"bytes\": %s}", $2, $3)) }
$1 == "changed" { row(sprintf("{\"what\": \"changed\", \"bytes\": %s}", $2)) }
$1 == "growth" { row(sprintf("{\"what\": \"growth\", \"devices\": %s, \"instructions\": %s}", $2, $3)) }

$1 == "time" {
	key = $3 SUBSEP $4
	if (!(key in rounds))
		timed[++times] = key
	rounds[key]++
	time[key, $2] = $5
}

$1 == "busy" {
	if (!($2 in takes))
		busy[++loads] = $2
	takes[$2]++
	held[$2, takes[$2]] = $3
	frozen[$2, takes[$2]] = $4
}

# median: of value[1] to value[n].
function median(value, n, i, j, v) {
	for (i = 2; i <= n; i++) {
		v = value[i]
		for (j = i - 1; j > 0 && value[j] > v; j--)
			value[j + 1] = value[j]
		value[j + 1] = v
	}
	return n % 2 ? value[(n + 1) / 2] : (value[n / 2] + value[n / 2 + 1]) / 2
}

function time_row(key, part, r, n, each, ratio) {
	split(key, part, SUBSEP)
	for (r = 0; r < rounds[key]; r++) {
		each[++n] = time[key, r]
		ratio[n] = time["raw", part[2], r] / time[key, r]
	}
	row(sprintf("{\"what\": \"time\", \"candidate\": \"%s\", \"load\": \"%s\", \"milliseconds\": %.0f, \"ratio\": %.3f}",
		part[1], part[2], median(each, n), median(ratio, n)))
}

function busy_row(load, n, i, writes, systems) {
	n = takes[load]
	for (i = 1; i <= n; i++) {
		writes[i] = held[load, i]
		systems[i] = frozen[load, i]
	}
	row(sprintf("{\"what\": \"busy\", \"load\": \"%s\", \"held\": %d, \"frozen\": %d}",
		load, median(writes, n), median(systems, n)))
}

END {
	for (i = 1; i <= times; i++)
		time_row(timed[i])
	for (i = 1; i <= loads; i++)
		busy_row(busy[i])
	print "["
	printf "{\"what\": \"kernel\", \"version\": \"%s\"}", kernel
	for (i = 1; i <= keys; i++) {
		key = order[i]
		split(key, part, SUBSEP)
		raw = least[raw_of(part[1]), part[2]]
		printf ",\n{\"what\": \"io\", \"candidate\": \"%s\", \"load\": \"%s\", \"ios\": %d, \"instructions\": %.1f, \"over_raw\": %.1f, \"ratio\": %.3f}",
			part[1], part[2], ios[key], least[key], least[key] - raw, raw / least[key]
	}
	for (i = 1; i <= nr; i++)
		printf ",\n%s", rows[i]
	print "\n]"
}
