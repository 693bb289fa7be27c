/* A program that cannot get a few bytes for its own bookkeeping cannot do its
 * work either: it says so and ends, and the supervisor starts a fresh one.
 * That spares every caller a branch no test would reach. */
#include "conf/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/log.h"

static void *checked(void *memory, size_t bytes)
{
    if (memory)
        return memory;
    log_error("memory.exhausted", KV_INT("bytes", bytes));
    exit(EXIT_FAILURE);
}

void *mem_calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return checked(NULL, SIZE_MAX);
    return checked(calloc(1, bytes ? bytes : 1), bytes);
}

void *mem_grow(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return checked(NULL, SIZE_MAX);
    return checked(realloc(old, bytes ? bytes : 1), bytes);
}

char *mem_strdup(const char *text)
{
    return checked(strdup(text), strlen(text) + 1);
}
