// SPDX-License-Identifier: GPL-2.0
/*
 * nvmecmd io|admin DEVICE OPCODE [LENGTH]: sends an NVMe command to a namespace, about its first
 * block. With a length, data of so many bytes goes with it, in the direction that the opcode tells.
 * Prints the status; fails only if the command could not be sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/nvme_ioctl.h>

int main(int argc, char **argv)
{
	struct nvme_passthru_cmd cmd = { 0 };
	void *data = NULL;
	int fd, nsid, ret;

	if (argc < 4)
		return 2;
	fd = open(argv[2], O_RDWR);
	nsid = fd < 0 ? -1 : ioctl(fd, NVME_IOCTL_ID);
	if (nsid < 0) {
		perror(argv[2]);
		return 1;
	}
	cmd.opcode = strtoul(argv[3], NULL, 0);
	cmd.nsid = nsid;
	cmd.timeout_ms = 60000;
	if (argc > 4) {
		cmd.data_len = strtoul(argv[4], NULL, 0);
		if (posix_memalign(&data, 4096, cmd.data_len))
			return 1;
		memset(data, 0xc3, cmd.data_len);
		cmd.addr = (uintptr_t)data;
		/* Identify: the namespace. Get log page: health, of so many words. */
		if (!strcmp(argv[1], "admin") && cmd.opcode == 2)
			cmd.cdw10 = 2 | (cmd.data_len / 4 - 1) << 16;
	}
	ret = ioctl(fd, strcmp(argv[1], "admin") ? NVME_IOCTL_IO_CMD : NVME_IOCTL_ADMIN_CMD, &cmd);
	if (ret < 0) {
		perror("ioctl");
		return 1;
	}
	printf("status %#x\n", ret);
	return 0;
}
