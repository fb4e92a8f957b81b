# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the stages of tests/packages use, on the host, in a chroot and in a guest.
#
# A stage is a script of steps in stages/; its third line says where it runs:
#
#   # WHERE: chroot                 in the system's files, which are mounted on the host
#   # WHERE: boot KERNEL [ARG...]   in the system, booted with its KERNELth kernel (1, 2) and
#                                   these arguments
#
# A stage in a guest ends with a reboot, and the next one finds the system as that left it.

# Where stages find each other's findings, and which kernels there are.
STATE=/srv/test/state
# shellcheck disable=SC2034 # stages do
mapfile -t KERNELS < <(cat /srv/test/kernels 2>/dev/null)

# step TEXT COMMAND...: one line for it, and the output only when it fails. Status 77 skips.
# Not to be called where errors are ignored, as in a condition: they would be in it, too.
step() {
	local text=$1 start=$SECONDS status log verdict
	shift

	log=$(mktemp)
	(
		set -xEeuo pipefail
		"$@"
	) </dev/null >"$log" 2>&1
	status=$?
	case $status in
	0) verdict=PASS ;;
	77) verdict=SKIP ;;
	*) verdict=FAIL ;;
	esac
	printf '%-4s %-66s %5s s\n' "$verdict" "$text" $((SECONDS - start))
	[ "$verdict" != SKIP ] || sed -n 's/^SKIP: /     /p' "$log"
	[ "$verdict" != FAIL ] || tail -n 60 "$log" | sed 's/^/    | /'
	[ -z "${STEP_LOG:-}" ] || { echo "=== $text" && cat "$log"; } >>"$STEP_LOG"
	rm -f "$log"
}

skip() {
	echo "SKIP: $*"
	exit 77
}

# must_fail COMMAND...: it has to end with a failure, and not by a signal.
must_fail() {
	local status=0

	"$@" || status=$?
	if [ "$status" -eq 0 ] || [ "$status" -ge 128 ]; then
		echo "status $status, should have failed: $*"
		exit 1
	fi
}

# equal WANTED GOT [WHAT]
equal() {
	[ "$1" = "$2" ] || {
		echo "${3:-value}: expected '$1', got '$2'"
		exit 1
	}
}

# has TEXT PATTERN: the text has a line that matches.
has() {
	grep -E -- "$2" <<<"$1" || {
		echo "nothing matches '$2'"
		exit 1
	}
}

# has_not TEXT PATTERN
has_not() {
	! grep -E -- "$2" <<<"$1" || exit 1
}

# quoted TEXT: a pattern that matches just this.
quoted() {
	sed 's/[][\.*^$+?(){}|/]/\\&/g' <<<"$1"
}

# modules_for KERNEL: the files of both modules.
modules_for() {
	find "/lib/modules/$1" -name 'blksnap.ko*' -o -name 'blkfilter.ko*'
}

# files: all of the system, but for what packages of others and tests make.
files() {
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \
		-o -path /srv -o -path /var/cache -o -path /var/log -o -path /var/lib/apt \
		-o -path /var/lib/dpkg \) -prune -o -print | sort
}

# built KERNEL VERSION: DKMS has installed both modules.
built() {
	local module

	has "$(dkms status)" "^blksnap[/, ]+$(quoted "$2, $1"), [^:]*: installed"
	equal 2 "$(modules_for "$1" | wc -l)" "modules"
	for module in blkfilter blksnap; do
		has "$(modinfo -k "$1" -F filename "$module")" /updates/dkms/
		equal "$2" "$(modinfo -k "$1" -F version "$module")"
	done
}

# signed KERNEL: with the key of DKMS.
signed() {
	local module subject

	subject=$(openssl x509 -inform der -in /var/lib/dkms/mok.pub -noout -subject -nameopt multiline |
		sed -n 's/ *commonName *= //p')
	for module in blkfilter blksnap; do
		equal "$subject" "$(modinfo -k "$1" -F signer "$module")" "signer of $module"
		has "$(modinfo -k "$1" -F sig_hashalgo "$module")" sha
	done
}

# agent_installed FOLDER: there is all that the agent needs; FOLDER of /usr/share/zsh is where
# such a system's zsh looks for completions.
agent_installed() {
	getent group blksnap
	blksnap-agent --help
	equal enabled "$(systemctl is-enabled blksnap-agent-cleanup.service)"
	test -e /usr/lib/modules-load.d/blksnap.conf
	ls {,/usr}/lib/udev/rules.d/59-blksnap.rules
	equal "/usr/share/zsh/$1/_blksnap-agent" "$(find /usr/share/zsh -name '*blksnap*')"
}

# as USER COMMAND...
as() {
	setpriv --reuid="$1" --regid="$1" --init-groups "${@:2}"
}

# image_for_group ID: the image of /dev/vdb in that snapshot is the group's to read.
image_for_group() {
	udevadm settle
	equal "root blksnap 640" "$(stat -L -c '%U %G %a' "/dev/blksnap/$1/vdb")"
}

package_version() {
	dpkg-query -W -f='${source:Upstream-Version}' "$1"
}

rpm_version() {
	rpm -q --queryformat '%{VERSION}' "$1"
}

# use_dnf_repository: where dnf finds our packages.
use_dnf_repository() {
	printf '%s\n' '[blksnap]' 'name=blksnap' 'baseurl=file:///srv/blksnap' 'gpgcheck=0' \
		'metadata_expire=0' >/etc/yum.repos.d/blksnap.repo
}

# keep NAME VALUE; kept NAME: from one step or stage to another.
keep() {
	mkdir -p "$STATE"
	printf '%s' "$2" >"$STATE/$1"
}

kept() {
	cat "$STATE/$1"
}

# denials: what SELinux denied to us, or to others with what is ours, in all boots. The mark
# tells that all before it has been written.
denials() {
	local mark=mark-$RANDOM$RANDOM

	auditctl -m "$mark" >&2
	timeout 30 sh -c "until grep -q $mark /var/log/audit/audit.log; do sleep 0.1; done"
	{
		cat /var/log/audit/audit.log*
		journalctl --no-pager -o cat
	} | grep -E '(avc|AVC).*denied.*blksnap_' | sort -u || true
}
