/* Every function of the code reports through one small value on the caller's
 * stack. Nothing here allocates, so an error can still be told when memory is
 * what ran out. */
#include "conf/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    /* The arguments may point into err->msg: build beside it first. */
    char msg[sizeof err->msg];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    err->code = code;
    memcpy(err->msg, msg, sizeof msg);
    return false;
}

static void append(char *msg, size_t size, const char *text)
{
    size_t used = strlen(msg), n = strnlen(text, size - used - 1);

    memcpy(msg + used, text, n);
    msg[used + n] = '\0';
}

bool err_wrap(struct err *err, const char *fmt, ...)
{
    char msg[sizeof err->msg];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    append(msg, sizeof msg, ": ");
    append(msg, sizeof msg, err->msg);
    memcpy(err->msg, msg, sizeof msg);
    return false;
}
