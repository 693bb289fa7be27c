/* Finding and starting the node's programs, for `run`, `check` and `analyse`.
 * A child must not outlive a supervisor that was killed: two nodes would work
 * on one spool. */
#include "cli/program.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NOT_STARTED 127

bool program_path(char out[static PROGRAM_PATH], const char *name,
                  struct err *err)
{
    char self[PROGRAM_PATH];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    int used;

    if (n < 0)
        return err_set(err, ERR_FATAL, "/proc/self/exe: %s; is /proc mounted?",
                       strerror(errno));
    self[n] = '\0';
    used = snprintf(out, PROGRAM_PATH, "%s/%s", dirname(self), name);
    if (used < 0 || used >= PROGRAM_PATH)
        return err_set(err, ERR_FATAL, "the path of %s is too long", name);
    if (access(out, X_OK) != 0)
        return err_set(err, ERR_FATAL,
                       "%s: %s; osteon's programs belong into one folder", out,
                       strerror(errno));
    return true;
}

bool program_prepare(struct program *program, const char *name,
                     const struct cli_args *args, const char *const *extra,
                     struct err *err)
{
    size_t n = 0;

    if (!program_path(program->path, name, err))
        return false;
    program->argv[n++] = program->path;
    program->argv[n++] = "-c";
    program->argv[n++] = args->common.path;
    if (args->common.over.state) {
        program->argv[n++] = "--state";
        program->argv[n++] = args->common.over.state;
    }
    if (args->common.over.port) {
        snprintf(program->port, sizeof program->port, "%d",
                 args->common.over.port);
        program->argv[n++] = "--port";
        program->argv[n++] = program->port;
    }
    for (; extra && *extra && n + 1 < PROGRAM_ARGS; extra++)
        program->argv[n++] = *extra;
    program->argv[n] = NULL;
    return true;
}

static _Noreturn void become(const struct program *program, int out_fd,
                             pid_t parent)
{
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* The parent may have died before that line. */
    if (getppid() != parent)
        _exit(EXIT_NOT_STARTED);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (out_fd >= 0 && dup2(out_fd, STDOUT_FILENO) < 0)
        _exit(EXIT_NOT_STARTED);
    execv(program->path, (char *const *)(uintptr_t)program->argv);
    _exit(EXIT_NOT_STARTED);
}

pid_t program_start(const struct program *program, int out_fd, struct err *err)
{
    pid_t parent = getpid(), pid;

    fflush(NULL); /* or the child would print it again */
    pid = fork();
    if (pid == 0)
        become(program, out_fd, parent);
    if (pid < 0)
        err_set(err, ERR_RETRY, "cannot start %s: %s", program->path,
                strerror(errno));
    return pid;
}

int program_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
                                    : WEXITSTATUS(wait_status);
}

void program_exec(const char *path, char *const *argv, struct err *err)
{
    fflush(NULL);
    execv(path, argv);
    err_set(err, ERR_FATAL, "%s: %s", path, strerror(errno));
}
