/* The process osteon-model from birth to burial. Between fork and exec it
 * loses everything of ours: open files, signal handlers, standard streams
 * (what a hostile model prints must not become a line of our log). */
#include "inference/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conf/clock.h"
#include "inference/protocol.h"
#include "inference/sandbox.h"

#define GRACE_MS 500 /* for the status of one that closed its socket */

/* Status of a child that could not become osteon-model. */
#define NOT_STARTED 127

static bool find_program(char out[static PATH_MAX], struct err *err)
{
    static const char name[] = "osteon-model";
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n <= 0)
        return err_set(err, ERR_FATAL, "/proc/self/exe: %s", strerror(errno));
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash || (size_t)(slash + 1 - out) + sizeof name > PATH_MAX)
        return err_set(err, ERR_FATAL, "%s: has no folder", out);
    memcpy(slash + 1, name, sizeof name);
    return true;
}

/* Of our environment only what libraries are tuned by: a service may be given
 * passwords there, and the other side can read its own. */
static bool harmless(const char *variable)
{
    static const char *const prefixes[] = {
        "LD_",          "OMP_",    "GOMP_",  "MKL_",     "OPENBLAS_", "CUDA_",
        "NVIDIA_",      "CUBLAS_", "CUDNN_", "PYTORCH_", "MALLOC_",   "GLIBC_",
        "DCMDICTPATH=", "ASAN_",   "LSAN_",  "UBSAN_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return false;
}

static void set_environment(uint32_t threads)
{
    char number[16], **to = environ;
    for (char **at = environ; at && *at; at++) {
        if (harmless(*at))
            *to++ = *at;
    }
    if (to)
        *to = NULL;
    snprintf(number, sizeof number, "%u", threads);
    setenv("OMP_NUM_THREADS", number, 1);
    /* spinning barriers make two threads on busy cores 10 times slower */
    setenv("OMP_WAIT_POLICY", "passive", 1);
}

/* SIGINT of a terminal and SIGTERM of a service reach the whole group; the
 * parent still wants the answer to its last request. */
static void set_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
}

static _Noreturn void become(const char *path, int socket, uint32_t threads,
                             pid_t parent)
{
    int null = open("/dev/null", O_RDWR);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || null < 0)
        _exit(NOT_STARTED);
    set_signals();
    set_environment(threads);
    (void)sandbox_leave_network(); /* seccomp refuses sockets as well */
    /* out of the way of 0..3 first */
    int high = fcntl(socket, F_DUPFD, 16);
    if (high < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
        dup2(null, 2) < 0 || dup2(high, PROTOCOL_FD) < 0 ||
        close_range(PROTOCOL_FD + 1, ~0U, 0) != 0)
        _exit(NOT_STARTED);
    execl(path, "osteon-model", (char *)NULL);
    _exit(NOT_STARTED);
}

bool spawn_model(const char *program, uint32_t threads, struct spawned *out,
                 struct err *err)
{
    char path[PATH_MAX];
    int pair[2];
    if (program)
        snprintf(path, sizeof path, "%s", program);
    else if (!find_program(path, err))
        return false;
    if (access(path, X_OK) != 0)
        return err_set(err, ERR_FATAL, "%s: %s", path, strerror(errno));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set(err, ERR_RETRY, "socketpair: %s", strerror(errno));
    pid_t self = getpid(), pid = fork();
    if (pid == 0)
        become(path, pair[1], threads, self);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_set(err, ERR_RETRY, "fork: %s", strerror(errno));
    }
    *out = (struct spawned){.pid = pid, .socket = pair[0]};
    return true;
}

void spawn_allow_cpu(const struct spawned *process, int64_t ms)
{
    struct rlimit limit = {.rlim_max = RLIM_INFINITY};
    struct timespec used;
    clockid_t clock;

    if (clock_getcpuclockid(process->pid, &clock) != 0 ||
        clock_gettime(clock, &used) != 0)
        return;
    limit.rlim_cur = (rlim_t)used.tv_sec + (rlim_t)(ms + 999) / 1000 + 1;
    /* the parent's clock is the promise; this one also runs when it hangs */
    (void)prlimit(process->pid, RLIMIT_CPU, &limit, NULL);
}

bool spawn_alive(const struct spawned *process)
{
    struct pollfd at = {.fd = process->socket, .events = POLLIN};
    /* between requests it has nothing to say: readable means end of file */
    return poll(&at, 1, 0) == 0;
}

static void describe(int status, char *how, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(how, size, "was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) == NOT_STARTED)
        snprintf(how, size,
                 "did not start; run it by hand with --version to see why");
    else
        snprintf(how, size, "ended with status %d", WEXITSTATUS(status));
}

/* A process whose socket broke is usually a moment away from its status. */
static bool reap_soon(const struct spawned *process, int *status)
{
    int64_t until = clock_mono_ms() + GRACE_MS;
    struct pollfd at = {.fd = process->socket, .events = POLLIN};
    if (poll(&at, 1, 0) == 0) /* alive and silent: it is we who end it */
        return false;
    do {
        pid_t pid = waitpid(process->pid, status, WNOHANG);
        if (pid == process->pid)
            return true;
        clock_sleep_ms(5);
    } while (clock_mono_ms() < until);
    return false;
}

bool spawn_end(struct spawned *process, char *how, size_t size)
{
    int status = 0;
    bool by_itself = reap_soon(process, &status);
    if (by_itself && how) {
        describe(status, how, size);
    } else if (!by_itself) {
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    close(process->socket);
    *process = (struct spawned){.socket = -1};
    return by_itself;
}
