# SPDX-License-Identifier: GPL-2.0
#
# Shows a file of figures: as text, or with -v markdown=1.

function head(columns, i, n, name, line, rule) {
	if (what == current)
		return
	current = what
	n = split(columns, name, "|")
	for (i = 1; i <= n; i++) {
		line = line (markdown ? "| " name[i] " " : sprintf(i == 1 ? "%-34s" : "%18s", name[i]))
		rule = rule "| --- "
	}
	print "\n" line (markdown ? "|\n" rule "|" : "")
}

function line(columns, i, n, value, text) {
	n = split(columns, value, "|")
	for (i = 1; i <= n; i++)
		text = text (markdown ? "| " value[i] " " : sprintf(i == 1 ? "%-34s" : "%18s", value[i]))
	print text (markdown ? "|" : "")
}

{ what = field("what") }

what == "kernel" { print "kernel " field("version") }

what == "io" {
	head("candidate, load|I/Os|instructions|over raw|ratio to raw")
	line(sprintf("%s, %s|%d|%.0f|%+.0f|%.3f", field("candidate"), field("load"), field("ios"),
		field("instructions"), field("over_raw"), field("ratio")))
}

what == "bytes" {
	head("first overwrite|copied a byte|read a byte")
	line(field("load") "|" field("copied") "|" field("read"))
}

what == "take" {
	head("take: GiB of each device|devices|instructions with writes held")
	line(field("mib") / 1024 "|" field("devices") "|" field("instructions"))
}

what == "memory" {
	head("memory: GiB of the device|KiB tracked")
	line(field("mib") / 1024 "|" sprintf("%.0f", field("bytes") / 1024))
}

what == "changed" {
	head("memory of a held snapshot|bytes for each MiB overwritten")
	line("beyond what it keeps for copying|" field("bytes"))
}

what == "busy" {
	head("take under load|writes held, µs|file systems frozen, µs")
	line(field("load") "|" field("held") "|" field("frozen"))
}

what == "growth" {
	head("attached devices|instructions")
	line(field("devices") "|" field("instructions"))
}

what == "time" {
	head("candidate, load|median, ms|ratio to raw")
	line(sprintf("%s, %s|%d|%.3f", field("candidate"), field("load"), field("milliseconds"), field("ratio")))
}
