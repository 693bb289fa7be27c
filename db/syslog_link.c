/* Syslog has no acknowledgment (RFC 5425, RFC 5426), so that a message which
 * was written may still be lost with the connection. What TCP knows is used:
 * messages count as delivered when the peer has acknowledged their bytes. */
#include "db/syslog_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/mem.h"

#define ICMP_MS   30 /* a closed port on the same network answers by then */
#define LINGER_MS 10

struct syslog_link {
    int fd;
    SSL_CTX *context; /* NULL: UDP */
    SSL *ssl;
};

/* Waits for the socket; false: the deadline has passed. */
static bool ready(const struct syslog_link *link, short events,
                  int64_t deadline_ms, struct err *err)
{
    struct pollfd look = {.fd = link->fd, .events = events};
    int64_t left = deadline_ms - clock_mono_ms();

    if (left > 0 && poll(&look, 1, (int)left) > 0)
        return true;
    return err_set(err, ERR_RETRY, "no answer in time");
}

static bool says(struct err *err, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return err_set(err, ERR_RETRY, "%s: %s", what,
                   reason ? reason : "the connection was closed");
}

static bool dial(struct syslog_link *link, const struct addrinfo *at,
                 int64_t deadline_ms, struct err *err)
{
    socklen_t size = sizeof(int);
    int failure = 0;

    link->fd =
        socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
               at->ai_protocol);
    if (link->fd < 0)
        return err_set(err, ERR_RETRY, "no socket: %s", strerror(errno));
    if (connect(link->fd, at->ai_addr, at->ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS)
        return err_set(err, ERR_RETRY, "%s", strerror(errno));
    if (!ready(link, POLLOUT, deadline_ms, err))
        return false;
    getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    return failure == 0 || err_set(err, ERR_RETRY, "%s", strerror(failure));
}

static bool connect_any(struct syslog_link *link, const struct conf *conf,
                        int64_t deadline_ms, struct err *err)
{
    bool tls = conf->audit.syslog.transport == CONF_SYSLOG_TLS;
    struct addrinfo hints = {.ai_socktype = tls ? SOCK_STREAM : SOCK_DGRAM};
    struct addrinfo *list;
    char port[8];
    int failure;
    bool good = false;

    snprintf(port, sizeof port, "%d", (int)conf->audit.syslog.port);
    setenv("RES_OPTIONS", "timeout:1 attempts:1", 0);
    failure = getaddrinfo(conf->audit.syslog.host, port, &hints, &list);
    if (failure != 0)
        return err_set(err, ERR_RETRY, "%s", gai_strerror(failure));
    for (const struct addrinfo *at = list; at && !good; at = at->ai_next) {
        if (link->fd >= 0)
            close(link->fd);
        good = dial(link, at, deadline_ms, err);
    }
    freeaddrinfo(list);
    return good;
}

/* The collector's name is checked (RFC 5425, 5.2), or its address where the
 * configuration has one. */
static bool prepare(struct syslog_link *link, const struct conf *conf,
                    struct err *err)
{
    const char *host = conf->audit.syslog.host;
    const struct conf_tls *own = &conf->node.tls;
    unsigned char address[16];
    bool numeric = inet_pton(AF_INET, host, address) == 1 ||
                   inet_pton(AF_INET6, host, address) == 1;
    X509_VERIFY_PARAM *param;

    link->context = SSL_CTX_new(TLS_client_method());
    if (!link->context ||
        SSL_CTX_set_min_proto_version(link->context, TLS1_2_VERSION) != 1)
        return says(err, "TLS");
    if (SSL_CTX_load_verify_locations(
            link->context, conf->audit.syslog.authorities, NULL) != 1)
        return says(err, conf->audit.syslog.authorities);
    if (own->on && (SSL_CTX_use_certificate_chain_file(link->context,
                                                       own->certificate) != 1 ||
                    SSL_CTX_use_PrivateKey_file(link->context, own->key,
                                                SSL_FILETYPE_PEM) != 1))
        return says(err, own->certificate);
    SSL_CTX_set_verify(link->context, SSL_VERIFY_PEER, NULL);
    link->ssl = SSL_new(link->context);
    if (!link->ssl || SSL_set_fd(link->ssl, link->fd) != 1)
        return says(err, "TLS");
    param = SSL_get0_param(link->ssl);
    if (numeric ? X509_VERIFY_PARAM_set1_ip_asc(param, host) != 1
                : X509_VERIFY_PARAM_set1_host(param, host, 0) != 1 ||
                      SSL_set_tlsext_host_name(link->ssl, host) != 1)
        return says(err, "TLS");
    return true;
}

/* After a call of OpenSSL that returned `result`: wait and go on, or not. */
static bool again(struct syslog_link *link, int result, int64_t deadline_ms,
                  const char *what, struct err *err)
{
    long verdict = SSL_get_verify_result(link->ssl);

    switch (SSL_get_error(link->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return ready(link, POLLIN, deadline_ms, err);
    case SSL_ERROR_WANT_WRITE:
        return ready(link, POLLOUT, deadline_ms, err);
    default:
        break;
    }
    if (verdict != X509_V_OK) {
        ERR_clear_error();
        return err_set(err, ERR_RETRY, "its certificate is refused: %s",
                       X509_verify_cert_error_string(verdict));
    }
    return says(err, what);
}

static bool shake_hands(struct syslog_link *link, int64_t deadline_ms,
                        struct err *err)
{
    int result;

    while ((result = SSL_connect(link->ssl)) != 1)
        if (!again(link, result, deadline_ms, "TLS handshake", err))
            return false;
    return true;
}

struct syslog_link *syslog_link_open(const struct conf *conf,
                                     int64_t deadline_ms, struct err *err)
{
    struct syslog_link *link = mem_calloc(1, sizeof *link);
    bool tls = conf->audit.syslog.transport == CONF_SYSLOG_TLS;

    link->fd = -1;
    if (connect_any(link, conf, deadline_ms, err) &&
        (!tls ||
         (prepare(link, conf, err) && shake_hands(link, deadline_ms, err))))
        return link;
    syslog_link_close(link);
    return NULL;
}

void syslog_link_close(struct syslog_link *link)
{
    if (!link)
        return;
    if (link->ssl) {
        if (SSL_is_init_finished(link->ssl))
            SSL_shutdown(link->ssl);
        SSL_free(link->ssl);
        ERR_clear_error();
    }
    SSL_CTX_free(link->context);
    if (link->fd >= 0)
        close(link->fd);
    free(link);
}

static bool write_tls(struct syslog_link *link, const char *bytes, size_t n,
                      int64_t deadline_ms, struct err *err)
{
    int result;

    while ((result = SSL_write(link->ssl, bytes, (int)n)) <= 0)
        if (!again(link, result, deadline_ms, "sending", err))
            return false;
    return true;
}

bool syslog_link_send(struct syslog_link *link, const char *bytes, size_t n,
                      int64_t deadline_ms, bool *oversized, struct err *err)
{
    char *framed;
    int head;
    bool good;

    *oversized = false;
    if (!link->ssl) {
        while (send(link->fd, bytes, n, MSG_NOSIGNAL) < 0) {
            if (errno == EMSGSIZE) {
                *oversized = true;
                return true;
            }
            if (errno != EAGAIN)
                return err_set(err, ERR_RETRY, "%s", strerror(errno));
            if (!ready(link, POLLOUT, deadline_ms, err))
                return false;
        }
        return true;
    }
    framed = mem_calloc(n + 24, 1); /* RFC 5425, 4.3: MSG-LEN SP SYSLOG-MSG */
    head = snprintf(framed, 24, "%zu ", n);
    memcpy(framed + head, bytes, n);
    good = write_tls(link, framed, n + (size_t)head, deadline_ms, err);
    free(framed);
    return good;
}

static bool settle_udp(const struct syslog_link *link, struct err *err)
{
    struct pollfd look = {.fd = link->fd};
    socklen_t size = sizeof(int);
    int failure = 0;

    poll(&look, 1, ICMP_MS);
    getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    return failure == 0 || err_set(err, ERR_RETRY, "%s", strerror(failure));
}

/* A collector says nothing; whatever else comes of reading is the end. */
static bool stands(struct syslog_link *link, struct err *err)
{
    char byte;
    int result = SSL_read(link->ssl, &byte, 1);

    if (result > 0 || SSL_get_error(link->ssl, result) == SSL_ERROR_WANT_READ)
        return true;
    return says(err, "the collector");
}

bool syslog_link_settle(struct syslog_link *link, int64_t deadline_ms,
                        struct err *err)
{
    int unsent = 0;

    if (!link->ssl)
        return settle_udp(link, err);
    for (;;) {
        if (!stands(link, err))
            return false;
        if (ioctl(link->fd, SIOCOUTQ, &unsent) != 0 || unsent == 0)
            return true;
        if (clock_mono_ms() >= deadline_ms)
            return err_set(err, ERR_RETRY,
                           "the collector takes nothing any more");
        clock_sleep_ms(LINGER_MS);
    }
}
