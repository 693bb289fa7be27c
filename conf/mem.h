#ifndef CONF_MEM_H
#define CONF_MEM_H

#include <stddef.h>

/* Small memory for configuration and bookkeeping. Succeeds or ends the
 * process (exit 1: the supervisor restarts it). Sizes that come from a file
 * or the network never reach these: such memory is bounded first and its
 * failure is an err. */
void *mem_calloc(size_t count, size_t size);
void *mem_grow(void *old, size_t count, size_t size); /* realloc, checked */
char *mem_strdup(const char *text);

#endif
