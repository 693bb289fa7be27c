/* One shape for what `osteon analyse --json` prints and what the queue keeps
 * of a finished job, so that a script reads both alike. */
#include "inference/findings_json.h"

#include <stdlib.h>

/* Bytes of the UTF-8 character at text (RFC 3629), 0: none. */
static size_t utf8_length(const unsigned char *text)
{
    size_t n = text[0] < 0x80                      ? 1
               : text[0] >= 0xC2 && text[0] < 0xE0 ? 2
               : text[0] >= 0xE0 && text[0] < 0xF0 ? 3
               : text[0] >= 0xF0 && text[0] < 0xF5 ? 4
                                                   : 0;
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((text[0] == 0xE0 && text[1] < 0xA0) ||
        (text[0] == 0xED && text[1] > 0x9F) ||
        (text[0] == 0xF0 && text[1] < 0x90) ||
        (text[0] == 0xF4 && text[1] > 0x8F))
        return 0;
    return n;
}

void findings_json_string(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    fputc('"', out);
    while (*at) {
        size_t n = utf8_length(at);
        if (n == 0)
            fputs("\\ufffd", out);
        else if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7F)
            fprintf(out, "\\u%04x", *at);
        else
            fwrite(at, 1, n, out);
        at += n ? n : 1;
    }
    fputc('"', out);
}

static void member(FILE *out, const char *key, const char *value)
{
    fprintf(out, "\"%s\":", key);
    findings_json_string(out, value);
}

static void entry_head(FILE *out, const struct findings *f, const char *id,
                       enum side side, size_t image)
{
    fputc('{', out);
    member(out, "id", id);
    if (side == SIDE_NONE)
        fputs(",\"side\":null", out);
    else
        fprintf(out, ",\"side\":\"%s\"", side_name(side));
    if (f->n_images > 1)
        fprintf(out, ",\"image\":%zu", image + 1);
}

static void write_measurement(FILE *out, const struct findings *f,
                              const struct measurement *m)
{
    entry_head(out, f, m->id, m->side, m->image);
    fprintf(out, ",\"value\":%.4f,", m->value);
    member(out, "unit", m->unit);
    fprintf(out, ",\"confidence\":%.4f,\"points\":[", m->confidence);
    for (size_t i = 0; i < m->n_points; i++)
        fprintf(out, "%s[%.3f,%.3f]", i ? "," : "", m->points[i][0],
                m->points[i][1]);
    fputs("]}", out);
}

static void write_landmarks(FILE *out, const struct findings_image *image)
{
    fputs(",\"landmarks\":[", out);
    for (size_t i = 0; i < image->n_landmarks; i++) {
        const struct landmark *l = &image->landmarks[i];
        fprintf(out, "%s{", i ? "," : "");
        member(out, "name", l->name);
        fprintf(out, ",\"x\":%.3f,\"y\":%.3f,\"confidence\":%.4f}", l->x, l->y,
                l->confidence);
    }
    fputc(']', out);
}

void findings_json_members(FILE *out, const struct findings *f, bool landmarks)
{
    member(out, "model", f->model);
    fputc(',', out);
    member(out, "version", f->version);
    fputs(",\"measurements\":[", out);
    for (size_t i = 0; i < f->n_measurements; i++) {
        fputs(i ? "," : "", out);
        write_measurement(out, f, &f->measurements[i]);
    }
    fputc(']', out);
    if (landmarks)
        write_landmarks(out, &f->images[0]);
    fputs(",\"refused\":[", out);
    for (size_t i = 0; i < f->n_refused; i++) {
        const struct refusal *r = &f->refused[i];
        fputs(i ? "," : "", out);
        entry_head(out, f, r->id, r->side, r->image);
        fputc(',', out);
        member(out, "reason", r->reason);
        fputc('}', out);
    }
    fputc(']', out);
}

char *findings_json_summary(const struct findings *findings)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    fputc('{', out);
    findings_json_members(out, findings, false);
    fputc('}', out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
