/* `osteon analyse --out`: the objects of one file in a folder, each named after
 * it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "conf/clock.h"
#include "db/part10.h"
#include "db/uid.h"
#include "inference/infer_results.h"

static bool write_file(const char *path, const struct outcome_object *item,
                       struct err *err)
{
    unsigned char header[PART10_HEADER_BYTES];
    size_t n = part10_header(&item->object, header);
    FILE *out = fopen(path, "wbe");
    if (!out)
        return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
    bool ok = fwrite(header, 1, n, out) == n &&
              fwrite(item->bytes, 1, item->n_bytes, out) == item->n_bytes;
    ok = fclose(out) == 0 && ok;
    return ok || err_set(err, ERR_RETRY, "%s: cannot be written: %s", path,
                         strerror(errno));
}

/* DIR/NAME<suffix>, NAME being the file's without folder and .dcm. */
static bool name_file(const struct infer_saver *saver, const char *file,
                      const char *suffix, char out[static PATH_MAX],
                      struct err *err)
{
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    int n =
        dot && strcmp(dot, ".dcm") == 0 ? (int)(dot - base) : (int)strlen(base);
    if (snprintf(out, PATH_MAX, "%s/%.*s%s", saver->folder, n, base, suffix) >=
        PATH_MAX)
        return err_set(err, ERR_REJECT, "%s: the name is too long", file);
    return true;
}

static const char *suffix(const char *sop_class)
{
    static const char *const rows[][2] = {
        {"1.2.840.10008.5.1.4.1.1.7", "-sc.dcm"},
        {"1.2.840.10008.5.1.4.1.1.11.1", "-pr.dcm"},
        {"1.2.840.10008.5.1.4.1.1.88.59", "-ko.dcm"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(sop_class, rows[i][0]) == 0)
            return rows[i][1];
    }
    return "-sr.dcm";
}

/* What the name of item i ends with; pages of a table or a trend are numbered.
 */
static void name_end(const struct outcome *outcome, size_t i,
                     char out[static 32])
{
    size_t page = i + 1 - outcome->summary, chart = i + 1 - outcome->chart;
    if (outcome->summary && i + 1 >= outcome->summary && page < outcome->pages)
        snprintf(out, 32, page ? "-summary-%zu.dcm" : "-summary.dcm", page + 1);
    else if (outcome->chart && i + 1 >= outcome->chart &&
             chart < outcome->charts)
        snprintf(out, 32, chart ? "-chart-%zu.dcm" : "-chart.dcm", chart + 1);
    else
        snprintf(out, 32, "%s", suffix(outcome->items[i].object.sop_class));
}

/* Pages as PNG files: DIR/NAME-<word>.png, DIR/NAME-<word>-2.png, … */
static bool save_pages(const struct infer_saver *saver, const char *file,
                       const char *word, size_t pages,
                       bool (*draw)(const struct result_request *, size_t,
                                    size_t *, const char *, struct err *),
                       const struct result_request *request, struct err *err)
{
    char path[PATH_MAX], end[32];
    for (size_t i = 0; i < pages; i++) {
        if (i == 0)
            snprintf(end, sizeof end, "-%s.png", word);
        else
            snprintf(end, sizeof end, "-%s-%zu.png", word, i + 1);
        if (!name_file(saver, file, end, path, err) ||
            !draw(request, i, &pages, path, err))
            return false;
    }
    return true;
}

static bool save_all(const struct infer_saver *saver,
                     const struct outcome_request *request,
                     const struct outcome *outcome, const char *file,
                     struct err *err)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < outcome->n; i++) {
        bool alternate = i + 1 == outcome->alternate;
        char kind[32];
        name_end(outcome, i, kind);
        if (!alternate && (!name_file(saver, file, kind, path, err) ||
                           !write_file(path, &outcome->items[i], err)))
            return false;
    }
    struct grey grey = infer_grey(&request->analysis->pictures[0]);
    struct result_request as_result = infer_request(request);
    if (!save_pages(saver, file, "summary", 1, sc_summary_png, &as_result,
                    err) ||
        !save_pages(saver, file, "chart",
                    sc_chart_pages(&request->analysis->findings), sc_chart_png,
                    &as_result, err))
        return false;
    if (!grey.pixels || !image_has_findings(&request->analysis->findings, 0))
        return true;
    return name_file(saver, file, "-sc.png", path, err) &&
           sc_png(&as_result, 0, &grey, path, err);
}

/* Offline there is no node's secret. A word that everybody knows would let
 * anybody try which PatientID a tracking UID was made from. */
static bool make_secret(char out[static 65], struct err *err)
{
    unsigned char random[32];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return err_set(err, ERR_RETRY, "getrandom: %s", strerror(errno));
    sha256_hex(out, random, sizeof random);
    return true;
}

bool infer_save(void *ctx, const struct conf_route *route,
                const struct analysis *analysis,
                const struct analyse_source *source, const char *file,
                struct err *err)
{
    static const struct conf_results usual = {.sr = true,
                                              .sc = true,
                                              .summary = true,
                                              .chart = true,
                                              .series_number = 9001};
    const struct infer_saver *saver = ctx;
    char path[ANALYSE_PATH];
    const char *const paths[] = {path};
    struct outcome outcome = {0};
    char secret[65];
    if (!make_secret(secret, err))
        return false;
    struct outcome_request request = {.analysis = analysis,
                                      .options =
                                          route ? &route->results : &usual,
                                      .source_paths = paths,
                                      .node_ae = saver->conf->node.ae_titles[0],
                                      .secret = secret,
                                      .content_ms = clock_wall_ms()};
    analyse_path(source, path);
    bool ok = infer_build(&request, &outcome, err) &&
              save_all(saver, &request, &outcome, file, err);
    outcome_free(&outcome);
    return ok;
}
