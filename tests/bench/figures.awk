# SPDX-License-Identifier: GPL-2.0
#
# Makes the JSON file of the lines that tests/bench/instructions prints;
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

$1 == "bytes" { row(sprintf("{\"what\": \"bytes\", \"load\": \"%s\", \"copied\": %s, \"read\": %s}", $2, $3, $4)) }
$1 == "take" { row(sprintf("{\"what\": \"take\", \"mib\": %s, \"devices\": %s, \"microseconds\": %s}", $2, $3, $4)) }
$1 == "memory" { row(sprintf("{\"what\": \"memory\", \"mib\": %s, \"bytes\": %s}", $2, $3)) }
$1 == "growth" { row(sprintf("{\"what\": \"growth\", \"devices\": %s, \"instructions\": %s}", $2, $3)) }

END {
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
