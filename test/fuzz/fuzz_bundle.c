/* model.yaml: the language of bundles, from a file that anybody may have
 * written. A refusal names a place; what is taken keeps within its own tables:
 * whoever runs and measures looks nothing up again. */
#include <sys/stat.h>

#include "inference/bundle.h"
#include "test/fuzz/fuzz.h"

#define NAME "leg-alignment"

static char models[32] = "/tmp/osteon-fuzz-XXXXXX";
static char folder[64], file[96];

static void clean(void)
{
    unlink(file);
    rmdir(folder);
    rmdir(models);
}

/* A bundle whose model.yaml is the file in memory. */
static void prepare(const char *path)
{
    if (!mkdtemp(models))
        abort();
    snprintf(folder, sizeof folder, "%s/%s", models, NAME);
    snprintf(file, sizeof file, "%s/model.yaml", folder);
    if (mkdir(folder, 0700) != 0 || symlink(path, file) != 0 ||
        atexit(clean) != 0)
        abort();
}

static void within(const size_t *objects, size_t n, size_t most)
{
    for (size_t i = 0; i < n; i++)
        if (objects[i] >= most)
            abort();
}

static void check(const struct bundle *bundle)
{
    const struct rules *rules = &bundle->rules;
    if (bundle->n_inputs == 0 || bundle->n_stages == 0 ||
        rules->n_landmarks > rules->n_objects ||
        rules->n_measures + rules->n_findings == 0)
        abort();
    for (size_t i = 0; i < bundle->n_stages; i++) {
        const struct stage *stage = &bundle->stages[i];
        if (stage->input >= bundle->n_inputs ||
            network_floats(&stage->network) == 0)
            abort();
    }
    for (size_t i = rules->n_landmarks; i < rules->n_objects; i++)
        within(rules->objects[i].of, rules->objects[i].n_of, i);
    for (size_t i = 0; i < rules->n_checks; i++)
        within(rules->checks[i].objects, rules->checks[i].n_objects,
               rules->n_objects);
    for (size_t i = 0; i < rules->n_measures; i++)
        within(rules->measures[i].objects, rules->measures[i].n_objects,
               rules->n_objects);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct bundle bundle;
    static int fd = -1;
    char path[FUZZ_PATH];
    struct err err = {0};
    bool first = fd < 0;

    fuzz_file(&fd, bytes, n, path);
    if (first)
        prepare(path);
    if (bundle_read(models, NAME, NULL, &bundle, &err))
        check(&bundle);
    else if (err.code != ERR_REJECT || err.msg[0] == '\0')
        abort();
    return 0;
}
