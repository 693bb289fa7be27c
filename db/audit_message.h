#ifndef DB_AUDIT_MESSAGE_H
#define DB_AUDIT_MESSAGE_H

#include "conf/conf.h"
#include "db/ledger_record.h"

/* A record of the ledger as an audit message of PS3.15 A.5: one XML document,
 * one line, UTF-8, malloc'd, with a line feed. DCM events where the standard
 * has one, else code and meaning of ours (99OSTEON). The patient that some
 * messages must name is "not recorded": the ledger knows none. Every message
 * ends with the record itself, its fields as details. */
char *audit_message(const struct conf *conf, int64_t seq,
                    const struct ledger_event *event);

#endif
