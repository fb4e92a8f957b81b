# SPDX-License-Identifier: GPL-2.0
#
# Makes the JSON file of the lines that tests/bench/instructions and tests/bench/disks print;
# an object a line. Of the rounds of a row the least counts: whatever disturbs, adds.

function row(text) {
	rows[++nr] = text
}

function raw_of(candidate) {
	return candidate ~ /-backed$/ ? "raw-backed" : "raw"
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

$1 == "disk" && $2 > 0 {
	key = $3 SUBSEP $4
	if (!((1, key) in ns))
		disks[++nr_disks] = key
	ns[$2, key] = $5
	last = $2
}

# The middle one of a row's values[1..count]; sorts them.
function median(values, count, i, j, value) {
	for (i = 2; i <= count; i++) {
		value = values[i]
		for (j = i; j > 1 && values[j - 1] > value; j--)
			values[j] = values[j - 1]
		values[j] = value
	}
	return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
}

function disk_row(key, part, i, times, ratios) {
	split(key, part, SUBSEP)
	for (i = 1; i <= last; i++) {
		times[i] = ns[i, key] / 1e6
		ratios[i] = ns[i, "raw" SUBSEP part[2]] / ns[i, key]
	}
	row(sprintf("{\"what\": \"disk\", \"candidate\": \"%s\", \"load\": \"%s\", \"ms\": %.1f, \"ratio\": %.3f}",
		part[1], part[2], median(times, last), median(ratios, last)))
}

$1 == "loaded-take" && $2 > 0 { held[++nr_held] = $3 }

$1 == "bytes" { row(sprintf("{\"what\": \"bytes\", \"load\": \"%s\", \"copied\": %s, \"read\": %s}", $2, $3, $4)) }
$1 == "take" { row(sprintf("{\"what\": \"take\", \"mib\": %s, \"devices\": %s, \"microseconds\": %s}", $2, $3, $4)) }
$1 == "memory" { row(sprintf("{\"what\": \"memory\", \"mib\": %s, \"bytes\": %s}", $2, $3)) }
$1 == "growth" { row(sprintf("{\"what\": \"growth\", \"devices\": %s, \"instructions\": %s}", $2, $3)) }

END {
	for (i = 1; i <= nr_disks; i++)
		disk_row(disks[i])
	if (nr_held)
		row(sprintf("{\"what\": \"loaded-take\", \"microseconds\": %d}", median(held, nr_held)))
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
