/* Two faces of the same answers: lines for scripts, a table for a person. */
#include "inference/offline_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "inference/findings_json.h"

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

static void print_or_null(const char *key, const char *text)
{
    printf("\"%s\":", key);
    if (text)
        findings_json_string(stdout, text);
    else
        fputs("null", stdout);
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
    fputs("{\"file\":", stdout);
    findings_json_string(stdout, file);
    putchar(',');
    findings_json_members(stdout, findings, true);
    puts("}");
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
    fputs("{\"file\":", stdout);
    findings_json_string(stdout, file);
    putchar(',');
    print_or_null("model", model);
    putchar(',');
    print_or_null("version", version);
    fputs(",\"measurements\":[],\"landmarks\":[],"
          "\"refused\":[{\"id\":null,\"side\":null,\"reason\":",
          stdout);
    findings_json_string(stdout, reason);
    puts("}]}");
}

void offline_print_check(bool json, size_t i, const struct bundle *bundle,
                         const char *problem)
{
    if (problem)
        fprintf(stderr, "%s\n", problem);
    if (!json) {
        if (!problem)
            printf("model %s %s: ok\n", bundle->name, bundle->version);
        return;
    }
    fputs(i ? "," : "[", stdout);
    putchar('{');
    print_or_null("model", bundle->name);
    putchar(',');
    print_or_null("version", bundle->version);
    printf(",\"ok\":%s,\"demonstration\":%s,", problem ? "false" : "true",
           bundle->demonstration[0] ? "true" : "false");
    print_or_null("problem", problem);
    putchar('}');
}

void offline_print_check_end(bool json, size_t n)
{
    if (json)
        puts(n ? "]" : "[]");
}
