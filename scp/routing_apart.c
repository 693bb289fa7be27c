/* DCMTK's parser may crash over the headers of an object; that must be
 * acknowledged and stored all the same, or its sender would bring it again and
 * again. A process of its own for each object cost ten milliseconds, most of
 * them page faults, so one reads all objects of an association as long as it
 * lives. The answer comes back through a socket, and is checked like anything
 * that a parser of foreign bytes says. */
#include "scp/routing_apart.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/mem.h"
#include "scp/sops.h"

/* Twice, if a parser that read others before does not answer: less than
 * receive.c's patience. */
#define PARSE_S 20

struct answer {
    enum err_code code; /* ERR_NONE: what follows is there */
    char why[256];
    size_t routes, n_demands, n_forwards;
};

static bool put(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t done = send(fd, at, n, MSG_NOSIGNAL);

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

/* What the routes want of one object. */
static bool decide(const struct conf *conf, const struct question *question,
                   int fd)
{
    const struct object *object = &question->object;
    const struct sops_class *class = sops_find(object->sop_class);
    struct match_input in = {.calling_ae = object->calling_ae,
                             .called_ae = object->called_ae};
    struct routing routing = {0};
    struct answer answer = {0};
    struct err err = {0};
    struct dcm *set;
    bool analyse, ok;

    set = dcm_read(question->path, &err);
    if (set) {
        in.set = set;
        analyse = question->analyse && class && class->kind == SOPS_IMAGE &&
                  !routing_is_result(set);
        routing_decide(conf, &in, object->study_uid, analyse, &routing);
        answer.routes = routing.routes;
        answer.n_demands = routing.n_demands;
        answer.n_forwards = routing.n_forwards;
    }
    answer.code = err.code;
    memcpy(answer.why, err.msg, sizeof answer.why - 1);
    ok =
        put(fd, &answer, sizeof answer) &&
        put(fd, routing.demands, routing.n_demands * sizeof *routing.demands) &&
        put(fd, routing.forwards,
            routing.n_forwards * sizeof *routing.forwards);
    routing_free(&routing);
    dcm_free(set);
    return ok;
}

/* Nothing of the parent's stays open here: not the connection, and no lock of
 * a file or of the database. */
static void close_all_but(int fd)
{
    if (fd > 3)
        close_range(3, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0U, 0);
}

static _Noreturn void parse(const struct conf *conf, int fd, pid_t parent)
{
    struct question question;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    signal(SIGALRM, SIG_DFL);
    signal(SIGTERM, SIG_IGN); /* the parent's to answer */
    alarm(0);
    close_all_but(fd);
    while (get(fd, &question, sizeof question)) {
        alarm(PARSE_S);
        if (!decide(conf, &question, fd))
            break;
        alarm(0);
    }
    _exit(0);
}

#define END(text) ((text)[sizeof(text) - 1] = '\0')

/* UNREADABLE: so it said, and goes on. After the other two it is good for
 * nothing more. */
enum heard { HEARD, UNREADABLE, CUT_SHORT, NONSENSE };

static enum heard hear_answer(const struct conf *conf, int fd,
                              struct routing *out, struct err *err)
{
    size_t models = 0, forwards = 0;
    struct answer answer;

    for (size_t i = 0; i < conf->n_routes; i++) {
        models += conf->routes[i].n_models;
        forwards += conf->routes[i].n_forward;
    }
    if (!get(fd, &answer, sizeof answer))
        return CUT_SHORT;
    END(answer.why);
    if (answer.code != ERR_NONE) {
        err_set(err, answer.code == ERR_RETRY ? ERR_RETRY : ERR_REJECT, "%s",
                answer.why);
        return UNREADABLE;
    }
    if (answer.n_demands > models || answer.n_forwards > forwards)
        return NONSENSE;
    out->routes = answer.routes;
    out->n_demands = answer.n_demands;
    out->n_forwards = answer.n_forwards;
    out->demands = mem_calloc(models + 1, sizeof *out->demands);
    out->forwards = mem_calloc(forwards + 1, sizeof *out->forwards);
    if (!get(fd, out->demands, out->n_demands * sizeof *out->demands) ||
        !get(fd, out->forwards, out->n_forwards * sizeof *out->forwards))
        return CUT_SHORT;
    for (size_t i = 0; i < out->n_demands; i++) {
        END(out->demands[i].route);
        END(out->demands[i].model);
    }
    for (size_t i = 0; i < out->n_forwards; i++) {
        END(out->forwards[i].key);
        END(out->forwards[i].route);
    }
    return HEARD;
}

/* By the object's fault: it would end so again. One that was killed (by the
 * kernel, out of memory) or could not answer might have routed the image. */
static bool crashed(int status)
{
    return WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL
                               : WEXITSTATUS(status) != 0;
}

/* How it ended: by itself, or now. */
static int bury(struct apart *apart)
{
    int status = 0;
    char byte;

    /* The end of its stream: it is about to end, and how is worth knowing. */
    if (recv(apart->fd, &byte, 1, MSG_DONTWAIT) != 0)
        kill(apart->pid, SIGKILL);
    close(apart->fd);
    while (waitpid(apart->pid, &status, 0) < 0 && errno == EINTR)
        ;
    apart->pid = 0;
    apart->asking = false;
    return status;
}

static bool start_parser(struct apart *apart, const struct conf *conf,
                         struct err *err)
{
    int ends[2];
    pid_t parent = getpid(), pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return err_set(err, ERR_RETRY, "no socket: %s", strerror(errno));
    pid = fork();
    if (pid == 0)
        parse(conf, ends[1], parent);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_set(err, ERR_RETRY, "cannot fork: %s", strerror(errno));
    }
    apart->pid = pid;
    apart->fd = ends[0];
    apart->answers = 0;
    return true;
}

/* A parser that is gone is noticed by who waits for its answer. */
static bool ask(struct apart *apart, const struct conf *conf, struct err *err)
{
    if (apart->pid == 0 && !start_parser(apart, conf, err))
        return false;
    (void)put(apart->fd, &apart->question, sizeof apart->question);
    apart->asking = true;
    return true;
}

void routing_apart_start(struct apart *apart, const struct conf *conf)
{
    struct err later;

    if (apart->pid == 0)
        start_parser(apart, conf, &later);
}

bool routing_apart_ask(struct apart *apart, const struct conf *conf,
                       const struct object *object, const char *path,
                       bool analyse, struct err *err)
{
    if (apart->asking) /* nobody wants to know any more */
        routing_apart_end(apart);
    memset(&apart->question, 0, sizeof apart->question);
    apart->question.object = *object;
    apart->question.analyse = analyse;
    snprintf(apart->question.path, sizeof apart->question.path, "%s", path);
    return ask(apart, conf, err);
}

bool routing_apart_answer(struct apart *apart, const struct conf *conf,
                          struct routing *out, struct err *err)
{
    enum heard heard;
    int64_t before;
    int status = 0;

    do {
        before = apart->answers;
        memset(out, 0, sizeof *out);
        heard = hear_answer(conf, apart->fd, out, err);
        if (heard == HEARD || heard == UNREADABLE) {
            apart->answers++;
            apart->asking = false;
            return heard == HEARD;
        }
        routing_free(out);
        status = bury(apart);
        /* Was it this object, or what one before has left behind? */
    } while (before > 0 && ask(apart, conf, err));
    if (before > 0)
        return false;
    return heard == NONSENSE || crashed(status)
               ? err_set(err, ERR_REJECT,
                         "reading its headers crashed or took too long")
               : err_set(err, ERR_RETRY, "reading its headers was cut short");
}

void routing_apart_end(struct apart *apart)
{
    if (apart->pid == 0)
        return;
    shutdown(apart->fd, SHUT_RDWR);
    kill(apart->pid, SIGKILL);
    bury(apart);
}
