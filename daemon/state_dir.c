#include "daemon/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum cc_code
cc_state_dir_lock(const char *path, int *ret_lock, struct cc_err *reterr)
{
	char file[PATH_MAX];
	int fd;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return cc_fail(reterr, CC_EIO, errno, "state_dir %s: %s", path,
		    strerror(errno));
	if (snprintf(file, sizeof file, "%s/lock", path) >= (int)sizeof file)
		return cc_fail(reterr, CC_EIO, ENAMETOOLONG, "state_dir: the path is too long");
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "%s: %s", file, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;

		(void)close(fd);
		if (why == EWOULDBLOCK)
			return cc_fail(reterr, CC_EBUSY, why, "state_dir %s: another caseclockd "
			    "works there", path);
		return cc_fail(reterr, CC_EIO, why, "%s: %s", file, strerror(why));
	}
	*ret_lock = fd;
	return CC_OK;
}
