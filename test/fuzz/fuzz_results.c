/* Findings become reports. The sandboxed half is not believed: whatever
 * numbers, names and reasons come in, there is a well-formed report or a
 * refusal. The image is one of result_fixture.h; strings, values, points and
 * counts are the fuzzer's. */
#include "conf/json_line.h"
#include "inference/findings_json.h"
#include "sr_writer/group.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/result_fixture.h"

struct input {
    const uint8_t *at;
    size_t left;
};

static void take(struct input *in, void *out, size_t n)
{
    size_t have = n < in->left ? n : in->left;

    memset(out, 0, n);
    memcpy(out, in->at, have);
    in->at += have;
    in->left -= have;
}

static unsigned take_byte(struct input *in)
{
    uint8_t byte;

    take(in, &byte, 1);
    return byte;
}

/* Now and then a word that means something, else bytes. */
static void take_text(struct input *in, char *out, size_t size)
{
    static const char *const words[] = {
        "hip_knee_ankle_angle", "leg_length", "lower_limb", "deg", "mm", "hka"};
    unsigned which = take_byte(in) % 12;
    size_t n = take_byte(in) % size;

    if (which < 6) {
        snprintf(out, size, "%s", words[which]);
        return;
    }
    take(in, out, n);
    out[n] = '\0';
}

static void take_measurement(struct input *in, struct measurement *m)
{
    take_text(in, m->id, sizeof m->id);
    take_text(in, m->concept, sizeof m->concept);
    take_text(in, m->site, sizeof m->site);
    take_text(in, m->unit, sizeof m->unit);
    m->side = (enum side)(take_byte(in) % 3);
    m->kind = (enum measure_kind)(take_byte(in) % 2);
    m->n_points = take_byte(in) % (FINDINGS_POINTS + 1);
    take(in, &m->value, sizeof m->value);
    take(in, &m->confidence, sizeof m->confidence);
    for (size_t i = 0; i < m->n_points; i++) {
        if (take_byte(in) % 8 == 0) {
            take(in, m->points[i], sizeof m->points[i]);
            continue;
        }
        m->points[i][0] = take_byte(in);
        m->points[i][1] = take_byte(in);
    }
}

static void take_findings(struct input *in, struct findings *f)
{
    take_text(in, f->model, sizeof f->model);
    take_text(in, f->version, sizeof f->version);
    take_text(in, f->description, sizeof f->description);
    take_text(in, f->demonstration, sizeof f->demonstration);
    f->n_measurements = take_byte(in) % 4;
    f->n_refused = take_byte(in) % 4;
    for (size_t i = 0; i < f->n_measurements; i++)
        take_measurement(in, &f->measurements[i]);
    for (size_t i = 0; i < f->n_refused; i++) {
        struct refusal *r = &f->refused[i];

        take_text(in, r->id, sizeof r->id);
        take_text(in, r->concept, sizeof r->concept);
        take_text(in, r->site, sizeof r->site);
        take_text(in, r->reason, sizeof r->reason);
        r->side = (enum side)(take_byte(in) % 3);
    }
}

static void try_json(const struct findings *findings)
{
    char *text = json_line_dump(findings_json(findings, NULL));

    json_t *read = json_line_read(text);

    if (!read)
        abort();
    json_decref(read);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct fixture x;
    static char image[320];
    struct input in = {.at = bytes, .left = n};
    struct result result = {0};
    struct err err = {0};
    size_t images;
    bool whole = take_byte(&in) == 64; /* a report costs DCMTK a millisecond */

    if (image[0] == '\0') {
        struct dcm *set = fixture_image();

        (void)fixture_start(NULL);
        snprintf(image, sizeof image, "%s/image.dcm", fixture_dir);
        fixture_save(set, image);
        dcm_free(set);
    }
    fixture_make(&x, "image.dcm");
    images = x.findings.n_images;
    take_findings(&in, &x.findings);
    x.findings.n_images = images;
    try_json(&x.findings);
    for (size_t i = 0; i < x.findings.n_measurements; i++)
        (void)group_check(&x.findings, i, &err);
    if (!whole)
        return 0;
    err = (struct err){0};
    if (sr_build(&x.request, n % 2 == 0, &result, &err)) {
        if (!result.bytes || result.n_bytes == 0)
            abort();
    } else if (err.code == ERR_NONE || err.msg[0] == '\0') {
        abort();
    }
    result_free(&result);
    return 0;
}
