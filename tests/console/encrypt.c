// SPDX-License-Identifier: GPL-2.0
/* encrypt DIR: files made in the empty folder from now on are encrypted by the file system. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fscrypt.h>

#define KEY_SIZE	64

int main(int argc, char **argv)
{
	struct {
		struct fscrypt_add_key_arg arg;
		__u8 raw[KEY_SIZE];
	} key = {
		.arg.key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER,
		.arg.raw_size = KEY_SIZE,
	};
	struct fscrypt_policy_v2 policy = {
		.version = FSCRYPT_POLICY_V2,
		.contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS,
		.filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS,
		.flags = FSCRYPT_POLICY_FLAGS_PAD_32,
	};
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;

	for (int i = 0; i < KEY_SIZE; i++)
		key.raw[i] = i;
	if (fd < 0 || ioctl(fd, FS_IOC_ADD_ENCRYPTION_KEY, &key)) {
		perror("encrypt: key");
		return 1;
	}
	memcpy(policy.master_key_identifier, key.arg.key_spec.u.identifier,
	       sizeof(policy.master_key_identifier));
	if (ioctl(fd, FS_IOC_SET_ENCRYPTION_POLICY, &policy)) {
		perror("encrypt: policy");
		return 1;
	}
	return 0;
}
