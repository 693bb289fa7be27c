/* Two faces of the same answers: lines for scripts, a table for a person. */
#include "inference/offline_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/json_line.h"
#include "inference/findings_json.h"
#include "inference/sandbox.h"

struct paint {
    const char *strong, *warn, *off;
};

static struct paint paint(void)
{
    const char *no = getenv("NO_COLOR");
    bool color = isatty(STDOUT_FILENO) && !(no && no[0]);
    return color ? (struct paint){"\033[1m", "\033[33m", "\033[0m"}
                 : (struct paint){"", "", ""};
}

/* A name from the command line may hold escape sequences. */
static void print_plain(const char *text)
{
    for (const char *c = text; *c; c++)
        putchar((unsigned char)*c < ' ' || *c == 0x7F ? '?' : *c);
}

static const char *side_word(enum side side)
{
    return side == SIDE_NONE ? "" : side_name(side);
}

static void print_table(const char *file, const struct findings *f)
{
    struct paint p = paint();
    print_plain(file);
    printf(": %s%s %s%s\n", p.strong, f->model, f->version, p.off);
    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct measurement *m = &f->measurements[i];
        printf("  %-5s  %-20s %s%8.1f %-3s%s  confidence %.2f\n",
               side_word(m->side), m->id, p.strong, m->value, m->unit, p.off,
               m->confidence);
    }
    for (size_t i = 0; i < f->n_refused; i++) {
        const struct refusal *r = &f->refused[i];
        printf("  %-5s  %-20s %srefused: %s%s\n", side_word(r->side), r->id,
               p.warn, r->reason, p.off);
    }
    if (f->demonstration[0])
        printf("  %s\n", f->demonstration);
}

void offline_print_findings(bool json, const char *file,
                            const struct findings *findings)
{
    if (!json) {
        print_table(file, findings);
        return;
    }
    json_line_print(findings_json(findings, file));
}

void offline_print_refused(bool json, const char *file, const char *model,
                           const char *version, const char *reason)
{
    if (!json) {
        struct paint p = paint();
        print_plain(file);
        printf(": %s%s%srefused: ", model ? model : "", model ? " " : "",
               p.warn);
        print_plain(reason);
        printf("%s\n", p.off);
        return;
    }
    json_line_print(json_pack(
        "{s:o,s:o,s:o,s:[],s:[],s:[{s:n,s:n,s:o}]}", "file",
        json_line_text(file), "model", json_line_text(model), "version",
        json_line_text(version), "measurements", "landmarks", "refused", "id",
        "side", "reason", json_line_text(reason)));
}
