/* Three faces of one history: tables for a person, JSON and CSV for programs.
 * Text in it came from images and model files: a terminal and a spreadsheet
 * get it in a form that does nothing. */
#include <inttypes.h>
#include <string.h>

#include "cli/history.h"
#include "cli/table.h"
#include "conf/date.h"
#include "conf/json_line.h"
#include "db/study_key.h"

#define VALUE_DECIMALS 4

static const char *origin_name(enum history_origin origin)
{
    return origin == HISTORY_OWN ? "own" : "report";
}

static bool same_measure(const struct history_row *a,
                         const struct history_row *b)
{
    return strcmp(a->tracking_uid, b->tracking_uid) == 0 &&
           strcmp(a->unit, b->unit) == 0;
}

static void add_row(const struct history_view *view,
                    const struct history_row *row, struct table *table)
{
    char date[DATE_TEXT], key[STUDY_KEY];

    study_key(view->db, row->study_uid, key);
    table_cell(table, TABLE_PLAIN, "%s",
               date_text(row->study_date, "unknown", date));
    table_cell(table, TABLE_BOLD, "%.2f", row->value);
    table_cell(table, TABLE_PLAIN, "%.2f", row->confidence);
    table_cell(table, TABLE_PLAIN, "%s", calibration_name(row->calibration));
    table_cell(table, TABLE_PLAIN, "%s %s", row->model, row->version);
    table_cell(table, TABLE_PLAIN, "%s", origin_name(row->origin));
    table_cell(table, TABLE_PLAIN, "study=%s", key);
}

static void one_measure(const struct history_view *view, size_t first,
                        FILE *out)
{
    static const char *const heads[] = {
        "date", "value", "confidence", "calibration", "model", "from", "study"};
    const struct history_row *rows = view->history->rows;
    struct table *table = table_new(7, " rr");
    struct table *head = table_new(1, NULL);

    table_cell(head, TABLE_BOLD, "%s%s%s, %s%s%s",
               rows[first].side == SIDE_NONE ? "" : side_name(rows[first].side),
               rows[first].side == SIDE_NONE ? "" : " ", rows[first].measure,
               rows[first].unit, rows[first].site[0] ? ", " : "",
               rows[first].site);
    table_print(head, out);
    for (size_t i = 0; i < 7; i++)
        table_cell(table, TABLE_PLAIN, "%s", heads[i]);
    for (size_t i = first; i < view->history->n; i++)
        if (history_wanted(view, &rows[i]) &&
            same_measure(&rows[first], &rows[i]))
            add_row(view, &rows[i], table);
    table_print(table, out);
}

static bool shown_before(const struct history_view *view, size_t i)
{
    const struct history_row *rows = view->history->rows;

    for (size_t k = 0; k < i; k++)
        if (same_measure(&rows[k], &rows[i]))
            return true;
    return false;
}

void history_text(const struct history_view *view, FILE *out)
{
    bool any = false;

    for (size_t i = 0; i < view->history->n; i++) {
        if (!history_wanted(view, &view->history->rows[i]) ||
            shown_before(view, i))
            continue;
        if (any)
            fputc('\n', out);
        one_measure(view, i, out);
        any = true;
    }
}

/* The columns of CSV and the keys of JSON, in one place. */
enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_INTEGER, FIELD_BOOL };

struct field {
    const char *name;
    enum field_kind kind;
    const char *text;
    double number;
    int64_t integer;
};
#define FIELDS 29

static struct field as_text(const char *name, const char *value)
{
    return (struct field){.name = name, .kind = FIELD_TEXT, .text = value};
}

static struct field as_number(const char *name, double value)
{
    return (struct field){.name = name, .kind = FIELD_NUMBER, .number = value};
}

static struct field as_integer(const char *name, int64_t value)
{
    return (struct field){
        .name = name, .kind = FIELD_INTEGER, .integer = value};
}

static void fields_of(const struct history_row *row, const char *key,
                      struct field out[static FIELDS])
{
    const struct field all[FIELDS] = {
        as_text("measure", row->measure),
        as_text("side", side_name(row->side)),
        as_text("site", row->site),
        as_text("modifier", row->modifier),
        as_text("concept", row->concept),
        as_text("study_date", row->study_date),
        as_number("value", row->value),
        as_text("unit", row->unit),
        as_number("confidence", row->confidence),
        as_text("calibration", calibration_name(row->calibration)),
        {.name = "implant", .kind = FIELD_BOOL, .integer = row->implant},
        as_text("input", row->input),
        as_text("view", row->view),
        as_text("body_part", row->body_part),
        as_text("model", row->model),
        as_text("version", row->version),
        as_text("weights_sha256", row->weights_sha256),
        as_text("origin", origin_name(row->origin)),
        as_text("route", row->route),
        as_integer("revision", row->revision),
        as_text("tracking_uid", row->tracking_uid),
        as_text("study", key),
        as_text("study_uid", row->study_uid),
        as_text("series_uid", row->series_uid),
        as_text("sop_class", row->sop_class),
        as_text("sop_uid", row->sop_uid),
        as_integer("frame", row->frame),
        as_text("sha256", row->sha256),
        as_text("sr_uid", row->sr_uid)};

    memcpy(out, all, sizeof all);
}

static json_t *field_json(const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return json_line_text(field->text[0] ? field->text : NULL);
    case FIELD_NUMBER:
        return json_line_number(field->number, VALUE_DECIMALS);
    case FIELD_INTEGER:
        return json_integer(field->integer);
    case FIELD_BOOL:
        return json_boolean(field->integer);
    }
    return json_null();
}

void history_json(const struct history_view *view)
{
    const struct history_patient *patient = &view->history->patient;
    json_t *out = json_object(), *list = json_array();

    for (size_t i = 0; i < view->history->n; i++) {
        const struct history_row *row = &view->history->rows[i];
        struct field fields[FIELDS];
        char key[STUDY_KEY];
        json_t *item;

        if (!history_wanted(view, row))
            continue;
        study_key(view->db, row->study_uid, key);
        fields_of(row, key, fields);
        item = json_object();
        for (size_t k = 0; k < FIELDS; k++)
            json_line_set(item, fields[k].name, field_json(&fields[k]));
        json_line_append(list, item);
    }
    json_line_set(out, "schema", json_line_text("osteon.history/1"));
    json_line_set(out, "patient_id", json_line_text(patient->id));
    json_line_set(out, "issuer",
                  json_line_text(patient->issuer[0] ? patient->issuer : NULL));
    json_line_set(out, "measurements", list);
    json_line_print(out);
}

/* A tab or a carriage return in front is left out by a spreadsheet, which then
 * sees the formula behind it. */
static void csv_text(FILE *out, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;

    if (quoted)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (quoted)
        fputc('"', out);
}

static void csv_field(FILE *out, const struct field *field)
{
    fputc(',', out);
    switch (field->kind) {
    case FIELD_TEXT:
        csv_text(out, field->text);
        break;
    case FIELD_NUMBER:
        fprintf(out, "%.*f", VALUE_DECIMALS, field->number);
        break;
    case FIELD_INTEGER:
        fprintf(out, "%" PRId64, field->integer);
        break;
    case FIELD_BOOL:
        fputs(field->integer ? "true" : "false", out);
        break;
    }
}

void history_csv(const struct history_view *view, FILE *out)
{
    static const struct history_row none;
    const struct history_patient *patient = &view->history->patient;
    struct field fields[FIELDS];

    fields_of(&none, "", fields);
    fputs("issuer,patient_id", out);
    for (size_t k = 0; k < FIELDS; k++)
        fprintf(out, ",%s", fields[k].name);
    fputs("\r\n", out);
    for (size_t i = 0; i < view->history->n; i++) {
        const struct history_row *row = &view->history->rows[i];
        char key[STUDY_KEY];

        if (!history_wanted(view, row))
            continue;
        study_key(view->db, row->study_uid, key);
        fields_of(row, key, fields);
        csv_text(out, patient->issuer);
        fputc(',', out);
        csv_text(out, patient->id);
        for (size_t k = 0; k < FIELDS; k++)
            csv_field(out, &fields[k]);
        fputs("\r\n", out);
    }
}
