#ifndef DB_SYSLOG_LINK_H
#define DB_SYSLOG_LINK_H

#include <stddef.h>

#include "conf/conf.h"

/* The way to the collector: a connected UDP socket, or TLS over TCP. Nothing
 * blocks beyond deadline_ms (monotonic) but the look-up of a name, which is
 * bounded to a few seconds. */
struct syslog_link;

/* NULL: ERR_RETRY, with why. tls.on: our own certificate is shown. */
struct syslog_link *syslog_link_open(const struct conf *conf,
                                     int64_t deadline_ms, struct err *err);
void syslog_link_close(struct syslog_link *link); /* NULL is fine */

/* One message, framed as the transport wants it. *oversized: it does not fit
 * into a datagram and was not sent. */
bool syslog_link_send(struct syslog_link *link, const char *bytes, size_t n,
                      int64_t deadline_ms, bool *oversized, struct err *err);

/* Did all arrive, as far as the transport can say? TLS: the other side's
 * kernel has acknowledged every byte and the connection stands. UDP: nobody
 * answered that the port is closed. */
bool syslog_link_settle(struct syslog_link *link, int64_t deadline_ms,
                        struct err *err);

#endif
