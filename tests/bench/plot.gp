# SPDX-License-Identifier: GPL-2.0
#
# Throughput beside the raw device's, by instructions: -e "figures='FILE'; out='FILE'"

set terminal svg size 900,620 font 'sans,12' background '#ffffff'
set output out
set title '4 KiB random writes: throughput, raw device = 1 (by instructions)'
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.8
set boxwidth 0.9
set yrange [0:1.05]
set grid ytics
set xtics rotate by -50 nomirror
unset key
select(load) = sprintf("< awk -F'\"' '/\"load\": \"%s\"/ && /\"what\": \"io\"/ { r = $0; sub(/.*ratio\": /, \"\", r); sub(/}.*/, \"\", r); print $8, r }' %s", load, figures)
plot select('write-4k') using 2:xtic(1) notitle
