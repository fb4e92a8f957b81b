// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "option_table.h"

#define MOST_OPTIONS	63
#define FIRST_VALUE	256

void option_table_help(const struct option_spec *spec, unsigned int takes, int column)
{
	for (; spec->name; spec++) {
		int used;

		if (!(takes & spec->bit))
			continue;
		used = printf("  --%s%s%s", spec->name, spec->value ? " " : "",
			      spec->value ? spec->value : "");
		printf("%*s%s\n", used < column ? column - used : 1, "", spec->help);
	}
}

const struct option_spec *option_table_next(const struct option_spec *specs, unsigned int takes,
					    int argc, char **argv, const char **problem)
{
	struct option longs[MOST_OPTIONS + 1] = {};
	int value, count = 0, help = 0;

	for (int i = 0; specs[i].name && count < MOST_OPTIONS; i++) {
		if (takes & specs[i].bit)
			longs[count++] = (struct option){ specs[i].name, !!specs[i].value, NULL,
							  FIRST_VALUE + i };
		if (!strcmp(specs[i].name, "help"))
			help = FIRST_VALUE + i;
	}
	opterr = 0;
	value = getopt_long(argc, argv, ":h", longs, NULL);
	*problem = value == ':' ? "needs a value" :
		   value == '?' ? "is not known here, or takes no value" : NULL;
	if (value == 'h')
		value = help;
	return value < FIRST_VALUE ? NULL : &specs[value - FIRST_VALUE];
}
