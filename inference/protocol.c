/* The wire between policy and sandbox. One place reads and writes it, so that
 * lengths are checked once; the socket is used without blocking under poll(2),
 * because the other side may hang in the middle of a message. */
#include "inference/protocol.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/clock.h"

struct head {
    uint32_t magic, version, kind, bytes;
};

static size_t body_size(uint32_t kind)
{
    switch (kind) {
    case PROTOCOL_LOAD:
        return sizeof(struct protocol_load);
    case PROTOCOL_RUN:
        return sizeof(struct protocol_run);
    case PROTOCOL_LOADED:
        return sizeof(struct protocol_loaded);
    case PROTOCOL_RESULT:
        return sizeof(struct protocol_result);
    case PROTOCOL_FAULT:
        return sizeof(struct protocol_fault);
    default:
        return 0;
    }
}

static bool wait_for(int socket, short events, int64_t deadline_ms,
                     struct err *err)
{
    for (;;) {
        int64_t left = INT_MAX;
        if (deadline_ms != PROTOCOL_FOREVER)
            left = deadline_ms - clock_mono_ms();
        if (left <= 0)
            return err_set(err, ERR_RETRY, "no answer within the deadline");
        struct pollfd at = {.fd = socket, .events = events};
        int n = poll(&at, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return err_set(err, ERR_RETRY, "poll: %s", strerror(errno));
    }
}

static bool again(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

bool protocol_write(int socket, const void *bytes, size_t n,
                    int64_t deadline_ms, struct err *err)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t sent = send(socket, at, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            at += sent;
            n -= (size_t)sent;
        } else if (!again()) {
            return err_set(err, ERR_RETRY, "the connection is gone: %s",
                           strerror(errno));
        } else if (!wait_for(socket, POLLOUT, deadline_ms, err)) {
            return false;
        }
    }
    return true;
}

bool protocol_read(int socket, void *bytes, size_t n, int64_t deadline_ms,
                   struct err *err)
{
    char *at = bytes;
    while (n > 0) {
        ssize_t got = recv(socket, at, n, MSG_DONTWAIT);
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        } else if (got == 0 || !again()) {
            return err_set(err, ERR_RETRY, "the connection is gone");
        } else if (!wait_for(socket, POLLIN, deadline_ms, err)) {
            return false;
        }
    }
    return true;
}

union control { /* one descriptor, aligned as cmsg(3) wants */
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* The descriptor travels with the first byte of the head. */
static bool send_fd(int socket, const struct head *head, int fd,
                    int64_t deadline_ms, struct err *err)
{
    union control control = {0};
    struct head copy = *head;
    struct iovec iov = {.iov_base = &copy, .iov_len = sizeof copy};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = sizeof control.bytes};
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(cmsg), &fd, sizeof fd);
    for (;;) {
        ssize_t sent = sendmsg(socket, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            return protocol_write(socket, (char *)&copy + sent,
                                  sizeof copy - (size_t)sent, deadline_ms, err);
        if (!again())
            return err_set(err, ERR_RETRY, "the connection is gone: %s",
                           strerror(errno));
        if (!wait_for(socket, POLLOUT, deadline_ms, err))
            return false;
    }
}

bool protocol_send(int socket, enum protocol_kind kind, const void *body,
                   int fd, int64_t deadline_ms, struct err *err)
{
    struct head head = {.magic = PROTOCOL_MAGIC,
                        .version = PROTOCOL_VERSION,
                        .kind = kind,
                        .bytes = (uint32_t)body_size(kind)};
    return (fd >= 0 ? send_fd(socket, &head, fd, deadline_ms, err)
                    : protocol_write(socket, &head, sizeof head, deadline_ms,
                                     err)) &&
           protocol_write(socket, body, head.bytes, deadline_ms, err);
}

static int taken_fd(struct msghdr *msg)
{
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
    int fd = -1;
    if (cmsg && cmsg->cmsg_level == SOL_SOCKET &&
        cmsg->cmsg_type == SCM_RIGHTS && cmsg->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(cmsg), sizeof fd);
    return fd;
}

static bool receive_head(int socket, int64_t deadline_ms, struct head *head,
                         int *fd, struct err *err)
{
    for (;;) {
        union control control = {0};
        struct iovec iov = {.iov_base = head, .iov_len = sizeof *head};
        struct msghdr msg = {.msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
        ssize_t got = recvmsg(socket, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got > 0) {
            *fd = taken_fd(&msg);
            return protocol_read(socket, (char *)head + got,
                                 sizeof *head - (size_t)got, deadline_ms, err);
        }
        if (got == 0 || !again())
            return err_set(err, ERR_RETRY, "the connection is gone");
        if (!wait_for(socket, POLLIN, deadline_ms, err))
            return false;
    }
}

static void make_printable(char *text, size_t size)
{
    text[size - 1] = '\0';
    for (char *c = text; *c; c++) {
        if (*c < ' ' || *c > '~')
            *c = ' ';
    }
}

static bool receive(int socket, bool take_fd, int64_t deadline_ms,
                    struct protocol_message *out, struct err *err)
{
    struct head head;
    if (!(take_fd
              ? receive_head(socket, deadline_ms, &head, &out->fd, err)
              : protocol_read(socket, &head, sizeof head, deadline_ms, err)))
        return false;
    size_t size = body_size(head.kind);
    if (head.magic != PROTOCOL_MAGIC || head.version != PROTOCOL_VERSION ||
        size == 0 || head.bytes != size)
        return err_set(err, ERR_RETRY,
                       "a message is not of protocol version %d: are "
                       "osteon-infer and osteon-model of the same version?",
                       PROTOCOL_VERSION);
    out->kind = (enum protocol_kind)head.kind;
    if (!protocol_read(socket, &out->body, size, deadline_ms, err))
        return false;
    if (out->kind == PROTOCOL_FAULT)
        make_printable(out->body.fault.text, sizeof out->body.fault.text);
    return true;
}

bool protocol_receive(int socket, bool take_fd, int64_t deadline_ms,
                      struct protocol_message *out, struct err *err)
{
    memset(out, 0, sizeof *out);
    out->fd = -1;
    if (receive(socket, take_fd, deadline_ms, out, err))
        return true;
    if (out->fd >= 0)
        close(out->fd);
    out->fd = -1;
    return false;
}

static uint32_t scaled(uint32_t size, double scale)
{
    double n = nearbyint(size * scale);
    return n < 1 ? 1 : (uint32_t)n;
}

void protocol_picture_size(uint32_t rows, uint32_t columns, uint32_t longest,
                           uint32_t *picture_rows, uint32_t *picture_columns)
{
    uint32_t side = rows > columns ? rows : columns;
    double scale = side > longest ? (double)longest / side : 1;
    *picture_rows = longest ? scaled(rows, scale) : 0;
    *picture_columns = longest ? scaled(columns, scale) : 0;
}
