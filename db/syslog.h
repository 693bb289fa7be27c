#ifndef DB_SYSLOG_H
#define DB_SYSLOG_H

#include "conf/conf.h"
#include "db/queue.h"

/* Sends each record of the ledger as a DICOM audit message (audit_message.h)
 * to audit.syslog: RFC 5424 over UDP (RFC 5426), or over TLS (RFC 5425: octet
 * counting; the collector's name and certificate are verified). How far it
 * came is in the database: a collector that is away gets everything when it is
 * back. It is given a moment per round and holds nobody up. */
struct syslog;
struct syslog *syslog_open(const struct conf *conf, struct db *db);
/* Sends records up to `upto`, which are durable. */
void syslog_round(struct syslog *syslog, int64_t upto);
void syslog_close(struct syslog *syslog); /* NULL is fine */

#endif
