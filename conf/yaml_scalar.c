/* One value of the file against one row of the schema. YAML's own types are
 * not used (`NO` is Norway here, and a modality may be called that): every
 * value is a text until the schema says what it must be, and each refusal
 * says what would be right. */
#include "conf/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AE_CHARACTERS = 16 }; /* PS3.5 6.2 */

struct unit {
    const char *name;
    int64_t factor;
};

/* Largest first: messages use the largest unit that divides the value. */
static const struct unit time_units[] = {{"y", 31557600000},
                                         {"d", 86400000},
                                         {"h", 3600000},
                                         {"m", 60000},
                                         {"s", 1000},
                                         {"ms", 1},
                                         {0}};
static const struct unit byte_units[] = {{"TiB", 1LL << 40},
                                         {"GiB", 1LL << 30},
                                         {"MiB", 1LL << 20},
                                         {"KiB", 1LL << 10},
                                         {"", 1},
                                         {0}};

static const struct unit *units_of(enum yaml_type type)
{
    return type == YAML_DURATION ? time_units : byte_units;
}

static void print_amount(char out[32], enum yaml_type type, double amount)
{
    const struct unit *u = units_of(type);

    if (type == YAML_INT || type == YAML_NUMBER) {
        snprintf(out, 32, "%.15g", amount);
        return;
    }
    /* Limits of times and sizes are whole numbers. */
    while (u[1].name &&
           (amount < (double)u->factor || (int64_t)amount % u->factor != 0))
        u++;
    snprintf(out, 32, "%.15g%s", amount / (double)u->factor, u->name);
}

static bool check_range(const struct yaml_file *file,
                        const struct yaml_node *node,
                        const struct yaml_key *rule, double value,
                        struct err *err)
{
    char min[32], max[32];

    if ((rule->min == 0 && rule->max == 0) ||
        (value >= rule->min && value <= rule->max))
        return true;
    print_amount(min, rule->type, rule->min);
    print_amount(max, rule->type, rule->max);
    return yaml_error(file, node, err, "%s: %.64s is out of range; %s to %s",
                      rule->name, node->text, min, max);
}

static bool wants(const struct yaml_file *file, const struct yaml_node *node,
                  const struct yaml_key *rule, const char *what,
                  struct err *err)
{
    return yaml_error(file, node, err, "%s: \"%.64s\" is not %s", rule->name,
                      node->text, what);
}

static bool read_int(const struct yaml_file *file, const struct yaml_node *node,
                     const struct yaml_key *rule, int64_t *out, struct err *err)
{
    const char *digits = node->text + (node->text[0] == '-');
    long long value;

    errno = 0;
    value = strtoll(node->text, NULL, 10);
    if (*digits == '\0' || digits[strspn(digits, "0123456789")] || errno)
        return wants(file, node, rule, "a whole number", err);
    if (!check_range(file, node, rule, (double)value, err))
        return false;
    *out = value;
    return true;
}

static bool read_number(const struct yaml_file *file,
                        const struct yaml_node *node,
                        const struct yaml_key *rule, double *out,
                        struct err *err)
{
    char *end;
    double value = strtod(node->text, &end);

    /* strtod() also takes hexadecimal, inf and nan */
    if (end == node->text || *end || !isfinite(value) ||
        node->text[strspn(node->text, "+-.0123456789eE")])
        return wants(file, node, rule, "a number", err);
    if (!check_range(file, node, rule, value, err))
        return false;
    *out = value;
    return true;
}

static bool read_amount(const struct yaml_file *file,
                        const struct yaml_node *node,
                        const struct yaml_key *rule, int64_t *out,
                        struct err *err)
{
    const char *what =
        rule->type == YAML_DURATION
            ? "a time; a whole number with ms, s, m, h, d or y, such as 20s"
            : "a size; a whole number of bytes, or with KiB, MiB, GiB or "
              "TiB, such as 64MiB";
    const char *unit = node->text + strspn(node->text, "0123456789");
    const struct unit *u = units_of(rule->type);
    int64_t value;

    errno = 0;
    value = strtoll(node->text, NULL, 10);
    while (u->name && strcmp(u->name, unit) != 0)
        u++;
    if (unit == node->text || errno || !u->name ||
        __builtin_mul_overflow(value, u->factor, &value))
        return wants(file, node, rule, what, err);
    if (!check_range(file, node, rule, (double)value, err))
        return false;
    *out = value;
    return true;
}

static bool read_bool(const struct yaml_file *file,
                      const struct yaml_node *node, const struct yaml_key *rule,
                      bool *out, struct err *err)
{
    if (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0)
        return wants(file, node, rule, "true or false", err);
    *out = node->text[0] == 't';
    return true;
}

static bool read_choice(const struct yaml_file *file,
                        const struct yaml_node *node,
                        const struct yaml_key *rule, int *out, struct err *err)
{
    char known[160];
    size_t used = 0;

    for (int i = 0; rule->choices[i]; i++) {
        if (strcmp(rule->choices[i], node->text) == 0) {
            *out = i;
            return true;
        }
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                     i ? ", " : "one of ", rule->choices[i]);
    }
    return wants(file, node, rule, known, err);
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (iscntrl((unsigned char)*text))
            return true;
    return false;
}

static bool check_text(const struct yaml_file *file,
                       const struct yaml_node *node,
                       const struct yaml_key *rule, size_t most,
                       struct err *err)
{
    size_t n = strlen(node->text);

    if (has_control(node->text))
        return yaml_error(file, node, err,
                          "%s: contains a control character or a line break; "
                          "write the text on one line, or with >-",
                          rule->name);
    if (rule->max != 0 && (size_t)rule->max < most)
        most = (size_t)rule->max;
    if (n > most)
        return yaml_error(file, node, err,
                          "%s: is %zu characters long; at most %zu", rule->name,
                          n, most);
    if (n < (size_t)rule->min)
        return yaml_error(file, node, err,
                          "%s: is %zu characters long; at least %zu",
                          rule->name, n, (size_t)rule->min);
    return true;
}

static bool read_text(const struct yaml_file *file,
                      const struct yaml_node *node, const struct yaml_key *rule,
                      char *out, struct err *err)
{
    if (!check_text(file, node, rule, rule->size - 1, err))
        return false;
    strcpy(out, node->text);
    return true;
}

static bool read_ae(const struct yaml_file *file, const struct yaml_node *node,
                    const struct yaml_key *rule, char *out, struct err *err)
{
    const char *text = node->text;
    size_t n = strlen(text);

    /* PS3.5 6.2: default repertoire without backslash and control characters,
     * spaces around it do not count. */
    if (n == 0 || n > AE_CHARACTERS || strchr(text, '\\') ||
        has_control(text) || text[0] == ' ' || text[n - 1] == ' ')
        return wants(file, node, rule,
                     "an AE title; 1 to 16 ASCII characters, no backslash, no "
                     "space around it",
                     err);
    for (const char *c = text; *c; c++)
        if (!isascii((unsigned char)*c))
            return wants(file, node, rule,
                         "an AE title; only ASCII characters are allowed", err);
    strcpy(out, text);
    return true;
}

static bool read_path(const struct yaml_file *file,
                      const struct yaml_node *node, const struct yaml_key *rule,
                      char *out, struct err *err)
{
    const char *slash = strrchr(file->path, '/');
    size_t folder =
        slash && node->text[0] != '/' ? (size_t)(slash - file->path) + 1 : 0;

    if (folder >= rule->size)
        folder = rule->size - 1;
    if (!check_text(file, node, rule, rule->size - 1 - folder, err))
        return false;
    memcpy(out, file->path, folder);
    strcpy(out + folder, node->text);
    return true;
}

bool yaml_scalar(const struct yaml_file *file, const struct yaml_node *node,
                 const struct yaml_key *rule, void *out, struct err *err)
{
    if (node->kind != YAML_SCALAR)
        return yaml_error(file, node, err, "%s: wants one value, not a %s",
                          rule->name,
                          node->kind == YAML_SEQUENCE ? "list" : "mapping");
    if (node->text[0] == '\0' && !node->quoted)
        return yaml_error(file, node, err, "%s: has no value", rule->name);
    switch (rule->type) {
    case YAML_TEXT:
        return read_text(file, node, rule, out, err);
    case YAML_AE:
        return read_ae(file, node, rule, out, err);
    case YAML_INT:
        return read_int(file, node, rule, out, err);
    case YAML_NUMBER:
        return read_number(file, node, rule, out, err);
    case YAML_BOOL:
        return read_bool(file, node, rule, out, err);
    case YAML_DURATION:
    case YAML_BYTES:
        return read_amount(file, node, rule, out, err);
    case YAML_CHOICE:
        return read_choice(file, node, rule, out, err);
    case YAML_PATH:
        return read_path(file, node, rule, out, err);
    case YAML_NESTED:
    case YAML_ANY:
        break;
    }
    return yaml_error(file, node, err, "%s: wants a mapping", rule->name);
}
