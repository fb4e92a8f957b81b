# SPDX-License-Identifier: GPL-2.0-or-later
#
# make check. Unit tests and fuzzers are built with the sanitizers; the unit tests run
# under valgrind as well, which finds other things. FUZZ_SECONDS is for each fuzzer.

FUZZ_SECONDS ?= 3

unit_tests := extents walk agent
fuzzers := settings record text extents map

sanitizers := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
test_flags := -Ilibblksnap -Itests -Itests/fuzz

sources_under_test := $(wildcard libblksnap/*.c common/*.c) $(agent_sources)
objects_under_test := $(sources_under_test:%.c=build/san/%.o)
plain_objects := $(sources_under_test:%.c=build/obj/%.o)

build/san/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(flags) $(tool_flags) $(test_flags) $(sanitizers) -pthread -c -o $@ $<

build/obj/tests/%.o: flags += $(test_flags)

build/tests/%-san: build/san/tests/%.o build/san/tests/expect.o $(objects_under_test)
	@mkdir -p $(@D)
	$(CC) $(sanitizers) -pthread -o $@ $^ $(tool_libs)

build/tests/%-plain: build/obj/tests/%.o build/obj/tests/expect.o $(plain_objects)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $^ $(tool_libs) $(LDLIBS)

build/tests/fuzz-%: build/san/tests/fuzz/%.o build/san/tests/fuzz/fuzz.o $(objects_under_test)
	@mkdir -p $(@D)
	$(CC) $(sanitizers) -pthread -o $@ $^ $(tool_libs)

test_programs := $(unit_tests:%=build/tests/%-san) $(unit_tests:%=build/tests/%-plain) \
	$(fuzzers:%=build/tests/fuzz-%)

# The examples of docs/integration.md, built as their readers would build them.
examples := build/examples/backup-library build/examples/backup-ioctl \
	build/examples/watch-events
example_flags := -Wall -Wextra -Ilibblksnap/include -I../module/include/uapi

.PHONY: examples
examples: $(examples)

build/examples/%: ../docs/examples/%.c build/libblksnap.a
	@mkdir -p $(@D)
	$(CC) $(example_flags) $(CFLAGS) -o $@ $< build/libblksnap.a -pthread

build/examples/%: ../docs/examples/%.cc build/libblksnap.a
	@mkdir -p $(@D)
	$(CXX) $(example_flags) $(CXXFLAGS) -o $@ $< build/libblksnap.a -pthread

# The same for 32-bit programs, where there are such and the compiler makes them.
m32 := -m32 -idirafter /usr/include/x86_64-linux-gnu
abi32 := $(shell $(CC) $(m32) -include linux/types.h -fsyntax-only -x c /dev/null 2>/dev/null && \
	echo build/obj/tests/abi-kernel-32.o)

build/obj/tests/abi-kernel-32.o: tests/abi-kernel.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(flags) $(m32) -c -o $@ $<

.SECONDARY:

# The abi-*.c say all they have to say when they are compiled.
check: all examples build/obj/tests/abi-kernel.o $(abi32) build/obj/tests/abi-library.o \
		$(test_programs)
	@tests/abi-symbols.sh build
	@tests/completion.sh build
	@tests/message-ids.sh
	@tests/bmap.sh build/tests/agent-plain
	@mandoc -Tlint -W warning ../docs/man/*.[358]
	@for test in $(unit_tests); do \
		echo "$$test:"; build/tests/$$test-san || exit 1; \
		valgrind -q --leak-check=full --error-exitcode=9 build/tests/$$test-plain >build/log || \
			{ cat build/log; exit 1; }; \
	done
	@for fuzzer in $(fuzzers); do \
		echo "fuzz-$$fuzzer:"; build/tests/fuzz-$$fuzzer $(FUZZ_SECONDS) || exit 1; \
	done
