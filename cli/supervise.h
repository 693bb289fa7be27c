#ifndef CLI_SUPERVISE_H
#define CLI_SUPERVISE_H

#include <stdint.h>

#include "cli/cli.h"

/* Blocks the signals that supervise() and supervise_once() wait for. Called
 * before the first child, so that none is lost. */
void supervise_signals(void);

/* Runs one program to its end; SIGTERM and SIGINT are passed on to it.
 * Its exit status, or -1: it was not started. *stop: we were asked to end. */
int supervise_once(const char *program, const char *option,
                   const struct cli_args *args, bool *stop);

/* Runs what *conf asks for until SIGTERM or SIGINT. SIGHUP: the file is read
 * again and, only when it is good, every process is started anew with it, and
 * *conf is the new one. Returns the exit status, or SUPERVISE_DAMAGED: the
 * database is marked as damaged (db/damage.h), and nothing runs any more. */
#define SUPERVISE_DAMAGED (-1)
int supervise(struct conf **conf, const struct cli_args *args);

/* Waits; true: we were asked to end. */
bool supervise_pause(int64_t ms);

#endif
