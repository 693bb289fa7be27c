#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

#include "cli/cli.h"
#include "conf/err.h"

/* The node's other programs. They stand beside this executable, so that a
 * build tree runs its own and not the installed ones. */
#define PROGRAM_PATH 4096
#define PROGRAM_ARGS 16

bool program_path(char out[static PROGRAM_PATH], const char *name,
                  struct err *err);

/* A command line: the program, the common options we were given, then
 * `extra` (ends with NULL). Points into args, extra and itself: not to be
 * copied. */
struct program {
    char path[PROGRAM_PATH];
    char port[16];
    const char *argv[PROGRAM_ARGS];
};
bool program_prepare(struct program *program, const char *name,
                     const struct cli_args *args, const char *const *extra,
                     struct err *err);

/* Starts it with no signal blocked; it gets SIGTERM when we die, however.
 * out_fd: its stdout, or -1 for ours. -1: not started. */
pid_t program_start(const struct program *program, int out_fd, struct err *err);

/* Exit status as a shell gives it: 128 + signal when killed. */
int program_status(int wait_status);

/* Becomes the program. Returns only on failure. */
void program_exec(const char *path, char *const *argv, struct err *err);

#endif
