#include "daemon/listener.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/log.h"

static enum cc_code
handed_in(struct cc_listener *l, struct cc_err *reterr)
{
	int fd = SD_LISTEN_FDS_START;

	if (sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0)
		return cc_fail(reterr, CC_EINVAL, 0, "what was handed in by the service "
		    "manager is no listening stream socket of the unix family");
	l->fd = fd;
	return CC_OK;
}

/* Removes a socket that nobody listens at. */
static enum cc_code
clear_path(const struct sockaddr_un *at, struct cc_err *reterr)
{
	struct stat st;
	int fd, rc;

	if (lstat(at->sun_path, &st) != 0)
		return CC_OK;	/* nothing is there, or bind will say what is wrong */
	if (!S_ISSOCK(st.st_mode))
		return cc_fail(reterr, CC_EBUSY, 0, "socket %s: something else has that name",
		    at->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "socket: %s", strerror(errno));
	rc = connect(fd, (const struct sockaddr *)at, sizeof *at);
	(void)close(fd);
	if (rc == 0)
		return cc_fail(reterr, CC_EBUSY, 0, "socket %s: somebody listens there",
		    at->sun_path);
	if (unlink(at->sun_path) != 0 && errno != ENOENT)
		return cc_fail(reterr, CC_EIO, errno, "socket %s: %s", at->sun_path,
		    strerror(errno));
	return CC_OK;
}

static enum cc_code
bind_path(struct cc_listener *l, const struct sockaddr_un *at, unsigned mode,
    struct cc_err *reterr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc;
	struct stat st = {0};
	mode_t old;

	if (fd < 0)
		return cc_fail(reterr, CC_EIO, errno, "socket: %s", strerror(errno));
	old = umask(0777 & ~mode);
	rc = bind(fd, (const struct sockaddr *)at, sizeof *at);
	(void)umask(old);
	if (rc != 0 || lstat(at->sun_path, &st) != 0) {
		int why = errno;

		(void)close(fd);
		return cc_fail(reterr, CC_EIO, why, "socket %s: %s", at->sun_path,
		    strerror(why));
	}
	memcpy(l->path, at->sun_path, strlen(at->sun_path) + 1);
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	l->fd = fd;
	return CC_OK;
}

enum cc_code
cc_listener_socket(struct cc_listener *l, const struct cc_config *cf,
    struct cc_err *reterr)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int handed = sd_listen_fds(1);
	enum cc_code code;

	memset(l, 0, sizeof *l);
	l->fd = -1;
	if (handed < 0 || handed > 1)
		return cc_fail(reterr, CC_EINVAL, 0, "expected one socket from the service "
		    "manager; got %d", handed);
	if (handed == 1)
		return handed_in(l, reterr);
	if (strlen(cf->socket_path) > CC_SOCKET_PATH_MAX)
		return cc_fail(reterr, CC_EINVAL, 0, "socket.path is too long");
	memcpy(at.sun_path, cf->socket_path, strlen(cf->socket_path) + 1);
	code = clear_path(&at, reterr);
	return code != CC_OK ? code : bind_path(l, &at, cf->socket_mode, reterr);
}

static void
on_connection(uv_stream_t *server, int status)
{
	struct cc_listener *l = server->data;

	if (status != 0)
		cc_log(CC_LOG_ERR, "accept: %s", uv_strerror(status));
	else
		cc_clients_accept(l->clients, server);
}

enum cc_code
cc_listener_open(struct cc_listener *l, struct cc_clients *clients,
    struct cc_err *reterr)
{
	int rc = uv_pipe_init(clients->loop, &l->pipe, 0);

	l->clients = clients;
	l->pipe.data = l;
	l->open = true;
	if (rc == 0)
		rc = uv_pipe_open(&l->pipe, l->fd);
	if (rc == 0)
		l->fd = -1;	/* the handle closes it */
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&l->pipe, CC_LISTEN_BACKLOG, on_connection);
	return rc == 0 ? CC_OK : cc_fail(reterr, CC_EIO, -rc, "listen: %s", uv_strerror(rc));
}

void
cc_listener_close(struct cc_listener *l)
{
	struct stat st;

	/* Another daemon may have taken the name meanwhile. */
	if (l->path[0] != '\0' && lstat(l->path, &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino)
		(void)unlink(l->path);
	l->path[0] = '\0';
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
	if (l->open)
		uv_close((uv_handle_t *)&l->pipe, NULL);
	l->open = false;
}
