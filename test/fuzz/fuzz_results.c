/* Findings become reports. The sandboxed half is not believed: whatever
 * numbers, names and reasons come in, there is a well-formed report or a
 * refusal. The image is one of result_fixture.h; strings, values, points and
 * counts are the fuzzer's. */
#include "conf/json_line.h"
#include "inference/findings_json.h"
#include "sr_writer/group_check.h"
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
    static const char *const words[] = {"hip_knee_ankle_angle",
                                        "leg_length",
                                        "lower_limb",
                                        "deg",
                                        "mm",
                                        "hka",
                                        "kl_2",
                                        "kellgren_lawrence_grade",
                                        "grade",
                                        "ratio",
                                        "mm2",
                                        "area",
                                        "insall_salvati_ratio",
                                        "medial",
                                        "convexity",
                                        "right",
                                        "t5",
                                        "99FOOT",
                                        "fracture_of_bone",
                                        "osteoarthritis_of_knee",
                                        "motion",
                                        "leg_length_discrepancy",
                                        "cobb_angle"};
    const unsigned n_words = sizeof words / sizeof words[0];
    unsigned which = take_byte(in) % (n_words + 6);
    size_t n = take_byte(in) % size;

    if (which < n_words) {
        snprintf(out, size, "%s", words[which]);
        return;
    }
    take(in, out, n);
    out[n] = '\0';
}

static void take_own(struct input *in, struct own_code *own)
{
    take_text(in, own->value, sizeof own->value);
    take_text(in, own->scheme, sizeof own->scheme);
    take_text(in, own->meaning, sizeof own->meaning);
}

static void take_found(struct input *in, struct found *found)
{
    take_text(in, found->id, sizeof found->id);
    take_text(in, found->concept, sizeof found->concept);
    take_text(in, found->site, sizeof found->site);
    take_text(in, found->measure, sizeof found->measure);
    if (take_byte(in) % 4 == 0)
        take_own(in, &found->own);
    found->side = (enum side)(take_byte(in) % 3);
    found->priority = (enum priority)(take_byte(in) % 3);
    found->present = take_byte(in) % 2;
    found->has_box = take_byte(in) % 2;
    take(in, &found->confidence, sizeof found->confidence);
    for (size_t i = 0; i < 4; i++)
        found->box[i] = take_byte(in);
}

static void take_measurement(struct input *in, struct measurement *m)
{
    static const char *const traits[] = {
        "upper_end_vertebra", "lower_end_vertebra", "apical_vertebra",
        "convexity", "of_another"};

    take_text(in, m->id, sizeof m->id);
    take_text(in, m->concept, sizeof m->concept);
    take_text(in, m->site, sizeof m->site);
    take_text(in, m->unit, sizeof m->unit);
    m->side = (enum side)(take_byte(in) % 3);
    m->kind = (enum measure_kind)(take_byte(in) % (MEASURE_GRADE + 1));
    if (take_byte(in) % 4 == 0)
        take_own(in, &m->own);
    take_text(in, m->modifier, sizeof m->modifier);
    take_text(in, m->grade, sizeof m->grade);
    take_text(in, m->parts_unit, sizeof m->parts_unit);
    take_text(in, m->label, sizeof m->label);
    take_text(in, m->note, sizeof m->note);
    take(in, m->parts, sizeof m->parts);
    m->has_normal = take_byte(in) % 2;
    take(in, m->normal, sizeof m->normal);
    m->n_traits = take_byte(in) % (FINDINGS_TRAITS + 1);
    for (size_t i = 0; i < m->n_traits; i++) {
        /* its key is ours, a row of codes.c; what it says is the bundle's */
        snprintf(m->traits[i].concept, sizeof m->traits[i].concept, "%s",
                 traits[take_byte(in) % (sizeof traits / sizeof traits[0])]);
        take_text(in, m->traits[i].value, sizeof m->traits[i].value);
    }
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
    f->n_found = take_byte(in) % 4;
    for (size_t i = 0; i < f->n_measurements; i++)
        take_measurement(in, &f->measurements[i]);
    for (size_t i = 0; i < f->n_found; i++)
        take_found(in, &f->found[i]);
    for (size_t i = 0; i < f->n_refused; i++) {
        struct refusal *r = &f->refused[i];

        take_text(in, r->id, sizeof r->id);
        take_text(in, r->concept, sizeof r->concept);
        take_text(in, r->site, sizeof r->site);
        take_text(in, r->reason, sizeof r->reason);
        take_text(in, r->quality, sizeof r->quality);
        take_text(in, r->modifier, sizeof r->modifier);
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

/* Text and reports cost others' libraries more than a millisecond: which inputs
 * pay for them follows from their bytes, so that the fuzzer cannot grow a
 * corpus of nothing else (FNV-1a). */
static uint32_t draw_lot(const uint8_t *bytes, size_t n)
{
    uint32_t hash = 2166136261U;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 16777619U;
    return hash >> 8;
}

/* An object with bytes, or a refusal with a reason. */
static void judge(bool ok, struct result *result, struct err *err)
{
    if (ok ? !result->bytes || result->n_bytes == 0
           : err->code == ERR_NONE || err->msg[0] == '\0')
        abort();
    if (ok)
        result_free(result);
    *err = (struct err){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct fixture x;
    static char image[320];
    struct input in = {.at = bytes, .left = n};
    struct result result = {0};
    struct err err = {0};
    size_t images;
    uint32_t lot = draw_lot(bytes, n);

    if (image[0] == '\0') {
        struct dcm *set = fixture_image();

        (void)golden_start(NULL);
        snprintf(image, sizeof image, "%s/image.dcm", golden_dir);
        fixture_save(set, image);
        dcm_free(set);
    }
    fixture_make(&x, "image.dcm");
    images = x.findings.n_images;
    take_findings(&in, &x.findings);
    x.findings.n_images = images;
    if (lot % 8 == 0)
        try_json(&x.findings);
    for (size_t i = 0; i < x.findings.n_measurements; i++)
        (void)group_check(&x.findings, i, &err);
    for (size_t i = 0; i < x.findings.n_found; i++)
        (void)group_check_found(&x.findings, i, &err);
    if (lot % 512 != 0)
        return 0;
    err = (struct err){0};
    x.options.viewer_profile = n % 3 == 0;
    x.options.kos = n % 5 == 0;
    judge(sr_build(&x.request, n % 2 == 0, &result, &err), &result, &err);
    judge(gsps_build(&x.request, 0, &result, &err), &result, &err);
    if (kos_wanted(&x.request))
        judge(kos_build(&x.request, &result, &err), &result, &err);
    return 0;
}
