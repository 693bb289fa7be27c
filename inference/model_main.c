/* osteon-model: the sandboxed half. Codecs and TorchScript files are the two
 * things in this node that may crash, hang or eat all memory, so they live in
 * a process that holds nothing worth having: no network, no database, no
 * identifier, only pixels and weights handed over as open files. It answers
 * its parent's requests until the parent is gone. */
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/harden.h"
#include "conf/version.h"
#include "dicom/pixels.h"
#include "inference/prep.h"
#include "inference/protocol.h"
#include "inference/request.h"
#include "inference/sandbox.h"
#include "inference/torch_model.h"
#include "inference/weights.h"

#define IDLE_MS 10000

static const char usage[] =
    "usage: osteon-model [--help | --version]\n"
    "Decodes images and runs networks for osteon-infer(8), which starts it.\n";

struct slot {
    struct torch_model *model;
    struct torch_shape shape;
    char device[16];
};
static struct slot slots[PROTOCOL_MODELS];
static int status; /* of the process */

/* The image that was decoded last, while more is to be asked of it. */
static struct {
    uint64_t number; /* 0: none */
    uint32_t frame;
    struct image image;
    struct film film; /* of the image */
} kept;

static bool answer_fault(enum protocol_blame blame, const char *text)
{
    struct err err;
    struct protocol_fault fault = {.blame = blame};
    snprintf(fault.text, sizeof fault.text, "%s", text);
    return protocol_send(PROTOCOL_FD, PROTOCOL_FAULT, &fault, -1,
                         PROTOCOL_FOREVER, &err);
}

/* What a failure means for whom: REJECT blames `who`, RETRY the moment. */
static bool answer_err(enum protocol_blame who, const struct err *err)
{
    return answer_fault(err->code == ERR_REJECT ? who : PROTOCOL_LATER,
                        err->msg);
}

static size_t input_size(const struct torch_shape *s)
{
    return (size_t)s->rows * s->columns;
}

static size_t output_size(const struct torch_shape *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_outputs; i++)
        n += s->outputs[i].floats;
    return n;
}

/* The first call costs 2 to 5 times the later ones, and an answer of the
 * wrong shape is known before a patient's image waits for it. */
static bool warm_up(struct slot *slot, struct err *err)
{
    float *input = calloc(input_size(&slot->shape), sizeof *input);
    float *output = calloc(output_size(&slot->shape), sizeof *output);
    bool ok = input && output ? torch_model_run(slot->model, &slot->shape,
                                                input, output, err)
                              : err_set(err, ERR_RETRY, "no memory to warm up");
    free(input);
    free(output);
    return ok;
}

static bool load_slot(const struct protocol_load *load,
                      const struct torch_shape *shape, int fd,
                      struct protocol_loaded *out, struct err *err)
{
    struct slot *slot = &slots[load->slot];
    unsigned char *bytes;
    size_t n;
    int64_t start = clock_mono_ms();
    if (!weights_read(fd, load->sha256, &bytes, &n, err))
        return false;
    slot->model = torch_model_load(bytes, n, load->device, load->threads, err);
    free(bytes);
    if (!slot->model)
        return false;
    slot->shape = *shape;
    memcpy(slot->device, load->device, sizeof slot->device);
    int64_t loaded = clock_mono_ms();
    if (!warm_up(slot, err)) {
        torch_model_free(slot->model);
        slot->model = NULL;
        return false;
    }
    out->load_ms = loaded - start;
    out->warmup_ms = clock_mono_ms() - loaded;
    return true;
}

static bool answer_load(const struct protocol_load *load, int fd)
{
    static bool boxed;
    static uint32_t layers;
    struct protocol_loaded loaded = {0};
    struct torch_shape shape;
    struct err err;
    if (fd < 0 || !request_shape(load, &shape) || slots[load->slot].model)
        return answer_fault(PROTOCOL_MODEL, "the request to load is malformed");
    if (!boxed &&
        !sandbox_enter(strcmp(load->device, "cpu") != 0, &layers, &err)) {
        answer_fault(PROTOCOL_LATER, err.msg);
        status = 1;
        return false;
    }
    boxed = true;
    loaded.layers = layers;
    if (!load_slot(load, &shape, fd, &loaded, &err))
        return answer_err(PROTOCOL_MODEL, &err);
    return protocol_send(PROTOCOL_FD, PROTOCOL_LOADED, &loaded, -1,
                         PROTOCOL_FOREVER, &err);
}

struct run { /* one image on its way through */
    float *input, *output;
    unsigned char *picture;
    struct protocol_result result;
};

static void forget(void)
{
    pixels_free(&kept.image);
    memset(&kept, 0, sizeof kept);
}

static bool decode(const struct protocol_run *request, int fd, struct run *run,
                   struct err *err)
{
    char path[32];
    int64_t start = clock_mono_ms();
    if (kept.number != 0 && kept.number == request->image &&
        kept.frame == request->frame)
        return true;
    forget();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!pixels_read(path, request->frame,
                     (int64_t)request->source_rows * request->source_columns,
                     &kept.image, err))
        return false;
    kept.film = film_find(&kept.image);
    kept.number = request->image;
    kept.frame = request->frame;
    run->result.decode_ms = clock_mono_ms() - start;
    return true;
}

static bool as_claimed(const struct protocol_run *request, struct err *err)
{
    const struct image *image = &kept.image;
    return (image->rows == request->source_rows &&
            image->columns == request->source_columns) ||
           err_set(err, ERR_REJECT,
                   "the pixels are %u x %u, but the header says %u x %u",
                   image->rows, image->columns, request->source_rows,
                   request->source_columns);
}

static bool prepare(const struct protocol_run *request,
                    const struct torch_shape *shape, struct run *run,
                    struct err *err)
{
    int64_t start = clock_mono_ms();
    struct protocol_result *r = &run->result;
    struct region region = request_region(request, &kept.film);
    struct letterbox box = letterbox_region(
        &region, request->aspect, request->turn, (enum network_fit)request->fit,
        shape->rows, shape->columns);
    struct prep_how how = {.intensity =
                               (enum network_intensity)request->intensity,
                           .limits = {request->limits[0], request->limits[1]}};
    r->film = kept.film;
    protocol_picture_size(kept.image.rows, kept.image.columns,
                          request->picture_pixels, &r->picture_rows,
                          &r->picture_columns);
    run->input = calloc(input_size(shape), sizeof *run->input);
    run->output = calloc(output_size(shape), sizeof *run->output);
    run->picture = calloc((size_t)r->picture_rows * r->picture_columns + 1, 1);
    if (!run->input || !run->output || !run->picture)
        return err_set(err, ERR_RETRY, "no memory to prepare the image");
    if (!prep_input(&kept.image, &kept.film, &box, &how, run->input, err) ||
        (r->picture_rows > 0 &&
         !prep_picture(&kept.image, r->picture_rows, r->picture_columns,
                       run->picture, err)))
        return false;
    r->prepare_ms = clock_mono_ms() - start;
    return true;
}

static bool answer_result(const struct slot *slot, const struct run *run)
{
    struct err err;
    const struct protocol_result *r = &run->result;
    return protocol_send(PROTOCOL_FD, PROTOCOL_RESULT, r, -1, PROTOCOL_FOREVER,
                         &err) &&
           protocol_write(PROTOCOL_FD, run->output,
                          output_size(&slot->shape) * sizeof *run->output,
                          PROTOCOL_FOREVER, &err) &&
           protocol_write(PROTOCOL_FD, run->picture,
                          (size_t)r->picture_rows * r->picture_columns,
                          PROTOCOL_FOREVER, &err);
}

static bool work(const struct protocol_run *request, struct slot *slot, int fd,
                 struct run *run)
{
    struct err err;
    if (!decode(request, fd, run, &err) || !as_claimed(request, &err) ||
        !prepare(request, &slot->shape, run, &err))
        return answer_err(PROTOCOL_IMAGE, &err);
    int64_t start = clock_mono_ms();
    if (!torch_model_run(slot->model, &slot->shape, run->input, run->output,
                         &err)) {
        /* after an error a CUDA context answers everything with it */
        bool poisoned = strcmp(slot->device, "cpu") != 0;
        if (poisoned)
            err.code = ERR_RETRY;
        return answer_err(PROTOCOL_MODEL, &err) && !poisoned;
    }
    run->result.run_ms = clock_mono_ms() - start;
    return answer_result(slot, run);
}

static bool answer_run(const struct protocol_run *request, int fd)
{
    struct run run = {0};
    if (fd < 0 || !request_possible(request) || !slots[request->slot].model)
        return answer_fault(PROTOCOL_LATER, "the request to run is malformed");
    bool go_on = work(request, &slots[request->slot], fd, &run);
    if (!request->keep)
        forget();
    free(run.input);
    free(run.output);
    free(run.picture);
    return go_on;
}

static bool answer(const struct protocol_message *message)
{
    switch (message->kind) {
    case PROTOCOL_LOAD:
        return answer_load(&message->body.load, message->fd);
    case PROTOCOL_RUN:
        return answer_run(&message->body.run, message->fd);
    default:
        return false;
    }
}

/* Of all processes the one that the kernel takes when memory runs out. */
static void first_for_oom(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "1000", 4) != 4)
        return; /* a favor to the other processes, not a promise */
    close(fd);
}

/* A network asks for the same tensors again and again. glibc gives what is
 * large back to the kernel each time, which then clears every page anew: a
 * large network took up to four times as long. */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

/* Nothing was asked for a while: others may have the memory. */
static bool await(void)
{
    struct pollfd at = {.fd = PROTOCOL_FD, .events = POLLIN};
    if (poll(&at, 1, IDLE_MS) == 0)
        (void)malloc_trim(0);
    return true;
}

int main(int argc, char **argv)
{
    struct stat st;
    struct err err;
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("osteon-model " OSTEON_VERSION);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc != 1 || fstat(PROTOCOL_FD, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        fputs(usage, stderr);
        return 2;
    }
    first_for_oom(); /* while /proc/self is still ours */
    harden();
    keep_memory();
    struct protocol_message message;
    bool go_on = true;
    while (
        go_on && await() &&
        protocol_receive(PROTOCOL_FD, true, PROTOCOL_FOREVER, &message, &err)) {
        go_on = answer(&message);
        if (message.fd >= 0)
            close(message.fd);
    }
    return status;
}
