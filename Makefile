# SPDX-License-Identifier: GPL-2.0
#
# Everything a developer does here, by name. "make" alone lists it.

KERNELS ?= $(shell awk '$$2 == "default" { print $$1 }' tests/kernels)
KERNEL ?= 6.12

# On Debian; for others docs/install.md tells what the packages are built with. What the DEB
# packages need stands in packaging/deb/control.in.
RPM_PACKAGES := \
	bzip2 gcc git libblkid-dev libc6-dev libgcrypt20-dev libinih-dev libjson-c-dev libmount-dev \
	libnbd-dev libsystemd-dev make pkg-config rpm selinux-policy-dev
PACKAGES := $(RPM_PACKAGES) \
	bc bison bmap-tools borgbackup cpio createrepo-c debian-archive-keyring dpkg-dev e2fsprogs flex \
	lintian g++ gcc-12-multilib gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf gnuplot-nox \
	jq kmod libbpf1 libc6-dev-armhf-cross libelf-dev libnbd-bin libssl-dev lz4 mandoc mmdebstrap perl \
	python3-minimal qemu-system-common qemu-system-x86 qemu-utils restic rpmlint rsync shellcheck \
	sparse spin valgrind xz-utils zsh zstd

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Kernels: $(KERNELS); some of them with KERNELS="NAME NAME".'

# $(call install_missing,PACKAGE...)
define install_missing
	@if ! command -v apt-get >/dev/null; then \
		echo 'no apt-get here: nothing is installed, docs/install.md tells what is needed'; \
		exit; \
	fi; \
	missing=; for p in $(1); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q '^install ok' || missing="$$missing $$p"; \
	done; \
	apt-get indextargets --format '$$(LABEL)' 'Identifier: Packages' | grep -qx Debian && \
		ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || missing="$$missing "; \
	if [ -n "$$missing" ]; then \
		echo "installing:$$missing"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get -qq update && \
		apt-get -qq -y install --no-install-recommends $$missing </dev/null >/dev/null; \
	fi
endef

.PHONY: deps
deps: ## install the Debian packages that are missing
	$(call install_missing,$(PACKAGES))

.PHONY: modules
modules: deps ## both modules for each of KERNELS, in build/
	@for k in $(KERNELS); do tests/vm/build modules $$k || exit 1; done

.PHONY: agent
agent: deps ## the console tool
	$(MAKE) -C agent

.PHONY: check
check: deps ## builds, static checks, unit tests, guest tests
	@tests/check $(KERNELS)

.PHONY: check-host
check-host: deps ## what needs no guest of "make check"
	@tests/check --no-guests $(KERNELS)

.PHONY: check-long
check-long: deps ## "make check" with the long tests
	@tests/check --long $(KERNELS)

.PHONY: check-all
check-all: deps ## all tests on all of the kernels, the long ones too, whatever they are marked with
	@tests/check --all --long $(KERNELS)

.PHONY: check-models
check-models: deps ## all states of the models in tests/models, and the faults that can be put into them
	@tests/models/check

.PHONY: soak
soak: deps ## tests chosen at random in one guest, for HOURS (1); nothing may be lost in the end
	@tests/soak/run '$(or $(HOURS),1)' '$(KERNEL)'

.PHONY: check-debug
check-debug: deps ## guest tests on kernels with KASAN, lockdep, kmemleak; with KCSAN
	@tests/run --kernel debug --kernel kcsan

.PHONY: check-debug-quick
check-debug-quick: deps ## of them, those of concurrent things with KASAN, lockdep, kmemleak
	@tests/run --kernel debug --word concurrent

.PHONY: bench
bench: deps ## what it costs, beside device mapper; writes docs/performance.md anew
	@tests/bench/run

.PHONY: bench-quick
bench-quick: deps ## the instructions of a bio only; fails if they have become more
	@tests/bench/run --quick

.PHONY: check-packages
check-packages: deps ## packages in booted systems: installed, used, upgraded, removed
	@tests/packages/check $(SYSTEMS)

include packaging/install.mk

.PHONY: deb
deb: ## DEB packages, in build/deb
	@packaging/deb/build

.PHONY: rpm
rpm: ## RPM packages, in build/rpm/RPMS
	$(call install_missing,$(RPM_PACKAGES))
	@packaging/rpm/build

.PHONY: kmods
kmods: ## packages with built modules, in build/kmods, for KERNELS; signed with KEY and CERTIFICATE
	@KEY='$(KEY)' CERTIFICATE='$(CERTIFICATE)' packaging/kmods $(KERNELS)

.PHONY: dist
dist: ## the tarball of a release, in build/dist, signed with KEY if it is given
	@packaging/dist $(KEY)

.PHONY: demo
demo: ## see it work: two disks, one instant, only the changed blocks
	@tests/demo/run $(KERNEL)

.PHONY: vm
vm: deps ## a shell in a guest with two disks
	@tests/vm/guest --kernel $(KERNEL) --disk 1G --disk 1G --interactive

.PHONY: clean
clean: ## remove what was built (the cache of kernels stays)
	rm -rf build
	@[ ! -e agent/Makefile ] || $(MAKE) -s -C agent clean
	@$(MAKE) -s -C selinux clean
