/* Two faces of the same answers: lines for scripts, a table for a person. */
#include "inference/offline_print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* 100 only when it is certain, as on the picture. */
static double percent(double share)
{
    double rounded = floor(100 * share + 0.5);
    return share < 1 && rounded > 99 ? 99 : rounded;
}

/* "  right  hka                  " */
static void print_subject(enum side side, const char *id)
{
    printf("  %-5s  ", side_word(side));
    print_plain(id);
    printf("%*s ", (int)(strlen(id) < 20 ? 20 - strlen(id) : 0), "");
}

/* What must be seen at once comes first. */
static void print_found(const struct findings *f, enum priority priority)
{
    static const char *const words[] = {[PRIORITY_ROUTINE] = "",
                                        [PRIORITY_HIGH] = "  high priority",
                                        [PRIORITY_STAT] = "  STAT"};
    struct paint p = paint();
    for (size_t i = 0; i < f->n_found; i++) {
        const struct found *found = &f->found[i];
        if (found->priority != priority || !found->present)
            continue;
        print_subject(found->side, found->id);
        printf("%sfound%s  %.0f %%%s\n", p.warn, p.off,
               percent(found->confidence), words[priority]);
    }
}

static void print_absent(const struct findings *f)
{
    for (size_t i = 0; i < f->n_found; i++) {
        if (f->found[i].present)
            continue;
        print_subject(f->found[i].side, f->found[i].id);
        printf("not found\n");
    }
}

static void print_normal(const struct measurement *m, const struct paint *p)
{
    if (!m->has_normal)
        return;
    printf("  normal %.4g to %.4g", m->normal[0], m->normal[1]);
    if (m->value < m->normal[0] || m->value > m->normal[1])
        printf("  %s%s%s", p->warn, m->value < m->normal[0] ? "LOW" : "HIGH",
               p->off);
}

static void print_measurement(const struct measurement *m)
{
    struct paint p = paint();
    int decimals = strcmp(m->unit, "ratio") == 0 ? 2 : 1;
    print_subject(m->side, m->id);
    if (m->kind == MEASURE_GRADE && m->grade[0])
        printf("%s%8s %-5s%s", p.strong, m->grade, "", p.off);
    else
        printf("%s%8.*f %-5s%s", p.strong, decimals, m->value, m->unit, p.off);
    printf("  %3.0f %%", percent(m->confidence));
    print_normal(m, &p);
    if (m->note[0]) {
        printf("  ");
        print_plain(m->note);
    }
    putchar('\n');
}

static void print_table(const char *file, const struct findings *f)
{
    struct paint p = paint();
    print_plain(file);
    printf(": %s%s %s%s\n", p.strong, f->model, f->version, p.off);
    for (int priority = PRIORITY_STAT; priority >= PRIORITY_ROUTINE; priority--)
        print_found(f, (enum priority)priority);
    for (size_t i = 0; i < f->n_measurements; i++)
        print_measurement(&f->measurements[i]);
    print_absent(f);
    for (size_t i = 0; i < f->n_refused; i++) {
        print_subject(f->refused[i].side, f->refused[i].id);
        printf("%srefused: ", p.warn);
        print_plain(f->refused[i].reason);
        printf("%s\n", p.off);
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
    json_line_print(findings_json_refused(file, model, version, reason));
}
