#ifndef SCP_ROUTING_APART_H
#define SCP_ROUTING_APART_H

#include "conf/conf.h"
#include "db/object.h"
#include "scp/routing.h"

/* routing_decide() for a stored object whose file is `path`, in a process of
 * its own: whatever DCMTK does with its headers ends there. analyse as there;
 * results of an osteon and what is no image are never analysed. ERR_REJECT: it
 * cannot be read, or reading it crashed or took too long. *out is empty then.
 */
bool routing_apart(const struct conf *conf, const struct object *object,
                   const char *path, bool analyse, struct routing *out,
                   struct err *err);

#endif
