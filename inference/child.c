/* Talks to osteon-model and expects the worst of it. A request has one
 * deadline; past it, or when the socket says the process is gone, the process
 * is killed and reaped, the caller gets ERR_RETRY with how it ended, and the
 * next request starts another one: about a second. */
#include "inference/child.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/mem.h"
#include "inference/sandbox.h"
#include "inference/spawn.h"
#include "inference/weights.h"

#define STOP_MS 100 /* between two looks whether to stop */

struct child {
    struct spawned process; /* pid 0: none */
    char program[NETWORK_PATH], device[16];
    uint32_t threads;
    bool log;
    bool (*stop)(void);
    struct protocol_load loaded[PROTOCOL_MODELS]; /* by slot */
    size_t n_loaded;
    uint64_t serial; /* of the last image */
};

struct child *child_open(const char *program, const char *device,
                         uint32_t threads, bool log)
{
    struct child *child = mem_calloc(1, sizeof *child);
    if (program)
        snprintf(child->program, sizeof child->program, "%s", program);
    snprintf(child->device, sizeof child->device, "%s", device);
    child->threads = threads;
    child->log = log;
    return child;
}

void child_close(struct child *child)
{
    if (child && child->process.pid > 0)
        spawn_end(&child->process, NULL, 0);
    free(child);
}

void child_stop_when(struct child *child, bool (*stop)(void))
{
    child->stop = stop;
}

bool child_stopped(const struct child *child)
{
    return child->stop && child->stop();
}

/* The first byte of an answer, or a reason to listen no longer: which one, the
 * one who reads will see. */
static bool await(const struct child *child, int64_t deadline_ms,
                  struct err *err)
{
    struct pollfd at = {.fd = child->process.socket, .events = POLLIN};
    while (!child_stopped(child)) {
        int64_t left = deadline_ms - clock_mono_ms();
        if (!child->stop || left <= 0 ||
            poll(&at, 1, left < STOP_MS ? (int)left : STOP_MS) > 0)
            return true;
    }
    return err_set(err, ERR_RETRY, "osteon-infer was asked to end");
}

/* Puts how the process ended, if it did so by itself, in place of "the
 * connection is gone". */
static bool give_up(struct child *child, struct err *err)
{
    char how[160];
    bool by_itself = spawn_end(&child->process, how, sizeof how);
    child->n_loaded = 0;
    if (by_itself)
        err_set(err, ERR_RETRY, "osteon-model %s", how);
    else
        err_wrap(err, "osteon-model was stopped");
    if (child->log)
        log_warn("model.stopped", KV_STR("reason", err->msg));
    return false;
}

static bool start(struct child *child, struct err *err)
{
    if (child->process.pid > 0 && spawn_alive(&child->process))
        return true;
    if (child->process.pid > 0) /* died between two requests */
        spawn_end(&child->process, NULL, 0);
    child->n_loaded = 0;
    return spawn_model(child->program[0] ? child->program : NULL,
                       child->threads, &child->process, err);
}

/* FAULT as the caller's err. */
static bool fault(const struct protocol_fault *fault, struct err *err)
{
    return err_set(err, fault->blame == PROTOCOL_LATER ? ERR_RETRY : ERR_REJECT,
                   "%s", fault->text);
}

static bool nonsense(struct err *err)
{
    return err_set(err, ERR_RETRY, "an answer was not what was asked for");
}

/* As much as it could use until its deadline, and a little more. */
static void allow_cpu(const struct child *child, int64_t deadline_ms)
{
    int64_t left_ms = deadline_ms - clock_mono_ms();
    spawn_allow_cpu(&child->process,
                    (left_ms > 0 ? left_ms : 0) * child->threads);
}

uint64_t child_serial(struct child *child)
{
    return ++child->serial;
}

static bool fill_load(const struct child *child, const struct network *network,
                      struct protocol_load *load, struct err *err)
{
    memset(load, 0, sizeof *load);
    if (network->n_outputs == 0 || network->n_outputs > NETWORK_OUTPUTS ||
        network_floats(network) == 0)
        return err_set(err, ERR_REJECT, "its outputs are too large");
    load->rows = network->rows;
    load->columns = network->columns;
    load->threads = child->threads;
    load->n_outputs = (uint32_t)network->n_outputs;
    memcpy(load->sha256, network->weights_sha256, sizeof load->sha256);
    memcpy(load->device, child->device, sizeof load->device);
    for (size_t i = 0; i < network->n_outputs; i++) {
        const struct network_output *from = &network->outputs[i];
        struct protocol_output *to = &load->outputs[i];
        snprintf(to->name, sizeof to->name, "%s", from->name);
        to->dimensions = network_dimensions(from->kind);
        memcpy(to->shape, from->shape, sizeof to->shape);
    }
    return true;
}

/* The same weights asked for the same: two bundles may share them. */
static bool find_slot(const struct child *child, struct protocol_load *load)
{
    for (load->slot = 0; load->slot < child->n_loaded; load->slot++) {
        if (memcmp(&child->loaded[load->slot], load, sizeof *load) == 0)
            return true;
    }
    return false;
}

static bool request_load(struct child *child, const struct protocol_load *load,
                         int fd, int64_t deadline_ms,
                         struct protocol_message *answer, struct err *err)
{
    return protocol_send(child->process.socket, PROTOCOL_LOAD, load, fd,
                         deadline_ms, err) &&
           await(child, deadline_ms, err) &&
           protocol_receive(child->process.socket, false, deadline_ms, answer,
                            err);
}

static void log_loaded(const struct network *network,
                       const struct protocol_loaded *loaded)
{
    char sandbox[SANDBOX_TEXT];
    sandbox_text(loaded->layers, sandbox);
    log_event(loaded->layers == SANDBOX_ALL ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
              "model.loaded",
              (const struct kv[]){KV_STR("model", network->model),
                                  KV_STR("version", network->version),
                                  KV_STR("sandbox", sandbox),
                                  KV_INT("load_ms", loaded->load_ms),
                                  KV_INT("warmup_ms", loaded->warmup_ms),
                                  KV_END});
}

static bool load_new(struct child *child, const struct network *network,
                     const struct protocol_load *load, int64_t deadline_ms,
                     struct protocol_loaded *loaded, struct err *err)
{
    struct protocol_message answer;
    int fd;
    allow_cpu(child, deadline_ms);
    if (child->n_loaded == PROTOCOL_MODELS)
        return err_set(err, ERR_REJECT, "more than %d networks are loaded",
                       PROTOCOL_MODELS);
    if (!weights_open(network->weights_path, network->weights_sha256, &fd, err))
        return false;
    bool ok = request_load(child, load, fd, deadline_ms, &answer, err);
    close(fd);
    if (ok && answer.kind == PROTOCOL_FAULT)
        return fault(&answer.body.fault, err);
    if (ok &&
        (answer.kind != PROTOCOL_LOADED || answer.body.loaded.load_ms < 0 ||
         answer.body.loaded.warmup_ms < 0))
        ok = nonsense(err);
    if (!ok)
        return give_up(child, err);
    *loaded = answer.body.loaded;
    memcpy(&child->loaded[child->n_loaded++], load, sizeof *load);
    if (child->log)
        log_loaded(network, loaded);
    return true;
}

static bool load(struct child *child, const struct network *network,
                 int64_t deadline_ms, struct protocol_load *load,
                 struct protocol_loaded *loaded, struct err *err)
{
    if (!start(child, err))
        return false;
    if (!fill_load(child, network, load, err))
        return err_wrap(err, "model %s", network->model);
    if (find_slot(child, load)) {
        *loaded = (struct protocol_loaded){.load_ms = -1};
        return true;
    }
    return load_new(child, network, load, deadline_ms, loaded, err) ||
           err_wrap(err, "model %s", network->model);
}

bool child_load(struct child *child, const struct network *network,
                int64_t deadline_ms, struct protocol_loaded *loaded,
                struct err *err)
{
    struct protocol_load request;
    return load(child, network, deadline_ms, &request, loaded, err);
}

static bool all_finite(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            return false;
    }
    return true;
}

static bool read_result(struct child *child, const struct network *network,
                        const struct child_image *image, int64_t deadline_ms,
                        const struct protocol_result *result,
                        struct child_answer *out, struct err *err)
{
    uint32_t rows, columns;
    protocol_picture_size(image->rows, image->columns, image->picture_pixels,
                          &rows, &columns);
    if (result->picture_rows != rows || result->picture_columns != columns ||
        !film_possible(&result->film, image->rows, image->columns))
        return nonsense(err);
    size_t n = network_floats(network), n_picture = (size_t)rows * columns;
    out->outputs[0] = malloc(n * sizeof *out->outputs[0]);
    out->picture = malloc(n_picture + 1);
    if (!out->outputs[0] || !out->picture)
        return err_set(err, ERR_RETRY, "no memory for the answer");
    for (size_t i = 1; i < network->n_outputs; i++)
        out->outputs[i] = out->outputs[i - 1] +
                          network_output_floats(&network->outputs[i - 1]);
    int socket = child->process.socket;
    if (!protocol_read(socket, out->outputs[0], n * sizeof *out->outputs[0],
                       deadline_ms, err) ||
        !protocol_read(socket, out->picture, n_picture, deadline_ms, err))
        return false;
    out->picture_rows = rows;
    out->picture_columns = columns;
    out->film = result->film;
    out->decode_ms = result->decode_ms;
    out->prepare_ms = result->prepare_ms;
    out->run_ms = result->run_ms;
    return true;
}

static struct protocol_run request_of(const struct network *network,
                                      const struct child_image *image,
                                      uint32_t slot)
{
    return (struct protocol_run){
        .image = image->serial,
        .slot = slot,
        .frame = image->frame,
        .source_rows = image->rows,
        .source_columns = image->columns,
        .picture_pixels = image->picture_pixels,
        .fit = network->fit,
        .intensity = network->intensity,
        .turn = image->turn,
        .mirror = image->region.mirror,
        .keep = image->keep,
        .whole = image->whole,
        .limits = {network->limits[0], network->limits[1]},
        .aspect = image->aspect,
        .left = image->region.left,
        .top = image->region.top,
        .width = image->region.width,
        .height = image->region.height};
}

/* True: a message and what follows it arrived whole. */
static bool converse(struct child *child, const struct network *network,
                     const struct child_image *image, uint32_t slot,
                     int64_t deadline_ms, struct protocol_message *answer,
                     struct child_answer *out, struct err *err)
{
    struct protocol_run request = request_of(network, image, slot);
    if (!protocol_send(child->process.socket, PROTOCOL_RUN, &request, image->fd,
                       deadline_ms, err) ||
        !await(child, deadline_ms, err) ||
        !protocol_receive(child->process.socket, false, deadline_ms, answer,
                          err))
        return false;
    if (answer->kind == PROTOCOL_FAULT)
        return true;
    return answer->kind == PROTOCOL_RESULT
               ? read_result(child, network, image, deadline_ms,
                             &answer->body.result, out, err)
               : nonsense(err);
}

static bool run(struct child *child, const struct network *network,
                const struct child_image *image, uint32_t slot,
                int64_t deadline_ms, struct child_answer *out, struct err *err)
{
    struct protocol_message answer;
    allow_cpu(child, deadline_ms);
    if (!converse(child, network, image, slot, deadline_ms, &answer, out, err))
        return give_up(child, err);
    if (answer.kind == PROTOCOL_FAULT &&
        answer.body.fault.blame == PROTOCOL_IMAGE) {
        out->unusable = true;
        snprintf(out->reason, sizeof out->reason, "%.160s",
                 answer.body.fault.text);
        return true;
    }
    if (answer.kind == PROTOCOL_FAULT)
        return fault(&answer.body.fault, err);
    return all_finite(out->outputs[0], network_floats(network)) ||
           err_set(err, ERR_RETRY,
                   "the network answered with values that are no numbers");
}

bool child_run(struct child *child, const struct network *network,
               const struct child_image *image, int64_t deadline_ms,
               struct child_answer *out, struct err *err)
{
    struct protocol_load request;
    struct protocol_loaded loaded;
    memset(out, 0, sizeof *out);
    if (!load(child, network, deadline_ms, &request, &loaded, err))
        return false;
    if (run(child, network, image, request.slot, deadline_ms, out, err))
        return true;
    child_answer_free(out);
    return err_wrap(err, "model %s", network->model);
}

void child_answer_free(struct child_answer *answer)
{
    free(answer->outputs[0]);
    free(answer->picture);
    memset(answer, 0, sizeof *answer);
}
