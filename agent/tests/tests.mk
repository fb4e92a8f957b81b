# SPDX-License-Identifier: GPL-2.0-or-later
#
# make check

test_programs := build/tests/lib build/tests/walk

build/tests/%: build/obj/tests/%.o build/obj/tests/expect.o $(lib_objects) $(call objects,common)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $(sort $^) $(tool_libs) $(LDLIBS)

build/obj/tests/%.o: flags += -Ilibblksnap -I.

# The abi-*.c say all they have to say when they are compiled.
check: all build/obj/tests/abi-kernel.o build/obj/tests/abi-library.o $(test_programs)
	@tests/abi-symbols.sh build
	@for test in $(test_programs); do echo "$$test:"; $$test || exit 1; done
