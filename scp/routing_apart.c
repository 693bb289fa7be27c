/* An object is durable before DCMTK's parser sees its headers; if that crashes,
 * the object must still be acknowledged and stored, or its sender would bring
 * it again and again. A fork costs less than a millisecond. The answer comes
 * back through a pipe, and is checked like anything that a parser of foreign
 * bytes says. */
#include "scp/routing_apart.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/mem.h"
#include "scp/sops.h"

#define PARSE_S 30

struct answer {
    enum err_code code; /* ERR_NONE: what follows is there */
    char why[256];
    size_t routes, n_demands, n_forwards;
};

static bool put(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static bool get(int fd, void *bytes, size_t n)
{
    char *at = bytes;

    while (n > 0) {
        ssize_t done = read(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static _Noreturn void decide(const struct conf *conf,
                             const struct object *object, const char *path,
                             bool analyse, int fd)
{
    const struct sops_class *class = sops_find(object->sop_class);
    struct match_input in = {.calling_ae = object->calling_ae,
                             .called_ae = object->called_ae};
    struct answer answer = {0};
    struct routing routing;
    struct err err = {0};
    struct dcm *set;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGALRM, SIG_DFL);
    signal(SIGTERM, SIG_IGN); /* the parent's to answer */
    alarm(PARSE_S);
    set = dcm_read(path, &err);
    if (set) {
        in.set = set;
        analyse = analyse && class && class->kind == SOPS_IMAGE &&
                  !routing_is_result(set);
        routing_decide(conf, &in, object->study_uid, analyse, &routing);
        answer.routes = routing.routes;
        answer.n_demands = routing.n_demands;
        answer.n_forwards = routing.n_forwards;
    }
    answer.code = err.code;
    memcpy(answer.why, err.msg, sizeof answer.why - 1);
    if (put(fd, &answer, sizeof answer) && set &&
        put(fd, routing.demands, routing.n_demands * sizeof *routing.demands))
        put(fd, routing.forwards,
            routing.n_forwards * sizeof *routing.forwards);
    _exit(0);
}

#define END(text) ((text)[sizeof(text) - 1] = '\0')

static bool receive(const struct conf *conf, int fd, struct routing *out,
                    struct err *err)
{
    size_t models = 0, forwards = 0;
    struct answer answer;

    for (size_t i = 0; i < conf->n_routes; i++) {
        models += conf->routes[i].n_models;
        forwards += conf->routes[i].n_forward;
    }
    if (!get(fd, &answer, sizeof answer))
        return err_set(err, ERR_RETRY, "reading its headers was cut short");
    END(answer.why);
    if (answer.code != ERR_NONE)
        return err_set(err, answer.code == ERR_RETRY ? ERR_RETRY : ERR_REJECT,
                       "%s", answer.why);
    if (answer.n_demands > models || answer.n_forwards > forwards)
        return err_set(err, ERR_REJECT, "reading its headers went wrong");
    out->routes = answer.routes;
    out->n_demands = answer.n_demands;
    out->n_forwards = answer.n_forwards;
    out->demands = mem_calloc(models + 1, sizeof *out->demands);
    out->forwards = mem_calloc(forwards + 1, sizeof *out->forwards);
    if (!get(fd, out->demands, out->n_demands * sizeof *out->demands) ||
        !get(fd, out->forwards, out->n_forwards * sizeof *out->forwards))
        return err_set(err, ERR_RETRY, "reading its headers was cut short");
    for (size_t i = 0; i < out->n_demands; i++) {
        END(out->demands[i].route);
        END(out->demands[i].model);
    }
    for (size_t i = 0; i < out->n_forwards; i++) {
        END(out->forwards[i].key);
        END(out->forwards[i].route);
    }
    return true;
}

/* By the object's fault: it would end so again. One that was killed (by the
 * kernel, out of memory) or could not answer might have routed the image. */
static bool crashed(int status)
{
    return WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL
                               : WEXITSTATUS(status) != 0;
}

bool routing_apart(const struct conf *conf, const struct object *object,
                   const char *path, bool analyse, struct routing *out,
                   struct err *err)
{
    int ends[2], status = 0;
    pid_t pid;
    bool ok;

    memset(out, 0, sizeof *out);
    if (pipe(ends) != 0)
        return err_set(err, ERR_RETRY, "no pipe: %s", strerror(errno));
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        decide(conf, object, path, analyse, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_set(err, ERR_RETRY, "cannot fork: %s", strerror(errno));
    }
    ok = receive(conf, ends[0], out, err);
    close(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!ok && crashed(status))
        err_set(err, ERR_REJECT,
                "reading its headers crashed or took too long");
    if (!ok)
        routing_free(out);
    return ok;
}
