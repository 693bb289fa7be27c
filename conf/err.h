#ifndef CONF_ERR_H
#define CONF_ERR_H

#include <stdbool.h>

/* One error convention for the whole code: `bool f(..., struct err *err)`.
 * err comes last, is never NULL, lives on the caller's stack and is left
 * untouched on success. The code says what the caller must do, the message
 * what happened. Never allocates: valid when memory is gone. */
enum err_code {
    ERR_NONE,
    ERR_RETRY,  /* may work later: network, disk full, locked */
    ERR_REJECT, /* will never work with this input */
    ERR_FATAL   /* this process cannot go on: exit 1, be restarted */
};

struct err {
    enum err_code code;
    char msg[512];
};

/* Always false, so that a function can `return err_set(...)`. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts context in front of the message and keeps the code. Always false. */
bool err_wrap(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
