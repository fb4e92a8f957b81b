# SPDX-License-Identifier: GPL-2.0
#
# What a package is made of, put where a distribution has it. DESTDIR, PREFIX and LIBDIR are
# honoured (DESTDIR has to be absolute); all of it is for both kinds of packages.

PREFIX ?= /usr/local
VERSION := $(shell packaging/version)
dkms_dir := $(DESTDIR)/usr/src/blksnap-$(VERSION)
lib_dir := $(DESTDIR)$(PREFIX)/lib

.PHONY: install install-modules install-agent install-backup
install: install-modules install-agent install-backup ## put all that the packages have below DESTDIR

# What DKMS builds from.
install-modules:
	cd module && find . -name work -prune -o -type f \
		\( -name '*.[ch]' ! -name '*.mod.c' ! -name config.h -o -name Makefile -o -name Kbuild \
		-o -name configure \) -print | while read -r file; do \
		install -D -m $$([ -x "$$file" ] && echo 755 || echo 644) "$$file" \
			"$(dkms_dir)/module/$$file" || exit 1; \
	done
	install -m 644 dkms.conf $(dkms_dir)/
	install -D -m 755 packaging/load $(DESTDIR)$(PREFIX)/libexec/blksnap/load
	install -D -m 644 packaging/blksnap.modules-load $(lib_dir)/modules-load.d/blksnap.conf

install-agent:
	$(MAKE) -C agent install
	install -D -m 644 udev/59-blksnap.rules $(lib_dir)/udev/rules.d/59-blksnap.rules
	install -D -m 644 packaging/blksnap.sysusers $(lib_dir)/sysusers.d/blksnap.conf
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/linux module/include/uapi/linux/*.h

# Its manual is installed with those of the agent.
install-backup:
	$(MAKE) -C agent/blksnap-backup install
