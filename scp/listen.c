/* The listening socket is ours, not DCMTK's, so that one caller who connects
 * and says nothing cannot keep the others waiting. */
#include "scp/listen.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_at(const struct addrinfo *at)
{
    int fd =
        socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, off = 0, saved;

    if (fd < 0)
        return -1;
    /* a restart must not wait for connections in TIME_WAIT */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int listen_open(const char *address, int64_t port, struct err *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags =
                                 AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *at = NULL;
    char service[24];
    int fd, rc;

    snprintf(service, sizeof service, "%" PRId64, port);
    rc = getaddrinfo(address, service, &hints, &at);
    if (rc != 0) {
        err_set(err, ERR_FATAL, "node.address %s: %s", address,
                gai_strerror(rc));
        return -1;
    }
    fd = open_at(at);
    freeaddrinfo(at);
    if (fd < 0)
        err_set(err, ERR_FATAL, "cannot listen on %s port %" PRId64 ": %s",
                address, port, strerror(errno));
    return fd;
}
