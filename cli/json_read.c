/* Summaries travel through the queue as JSON text; `osteon show` makes them
 * readable. The text is parsed before it is shown or passed on, so that a
 * damaged row cannot break what a script reads. */
#include "cli/json_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text.h"
#include "conf/mem.h"

#define DEPTH 16

struct json_tree {
    char *text; /* copy; strings are unescaped in place */
    struct json_value *values;
    size_t count, room;
    char *at;
};

static struct json_value *value(struct json_tree *tree, int depth,
                                const char *key);

static void blank(struct json_tree *tree)
{
    tree->at += strspn(tree->at, " \t\r\n");
}

static bool take(struct json_tree *tree, char c)
{
    blank(tree);
    if (*tree->at != c)
        return false;
    tree->at++;
    return true;
}

static bool hex4(const char *at, uint32_t *out)
{
    char digits[5];

    if (strspn(at, "0123456789abcdefABCDEF") < 4)
        return false;
    memcpy(digits, at, 4);
    digits[4] = '\0';
    *out = (uint32_t)strtoul(digits, NULL, 16);
    return true;
}

static char *utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    }
    return to;
}

/* at: behind "\u". Advances *at; false: no character. \u0000 is refused, it
 * would end a C string. */
static bool unicode(char **at, char **to)
{
    uint32_t c, low;

    if (!hex4(*at, &c) || c == 0 || (c >= 0xDC00 && c <= 0xDFFF))
        return false;
    *at += 4;
    if (c >= 0xD800 && c <= 0xDBFF) {
        if ((*at)[0] != '\\' || (*at)[1] != 'u' || !hex4(*at + 2, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return false;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        *at += 6;
    }
    *to = utf8(*to, c);
    return true;
}

/* Behind the opening quote. Unescaping never makes text longer. */
static char *string(struct json_tree *tree)
{
    static const char escape[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
    char *start = tree->at, *at = start, *to = start;
    const char *found;
    size_t n;

    while (*at != '"') {
        if ((unsigned char)*at < 0x20) /* the end of the text included */
            return NULL;
        if (*at != '\\') {
            n = text_utf8((unsigned char *)at);
            if (n == 0)
                return NULL;
            memmove(to, at, n);
            to += n;
            at += n;
        } else if (at[1] == 'u') {
            at += 2;
            if (!unicode(&at, &to))
                return NULL;
        } else {
            found = at[1] ? strchr(escape, at[1]) : NULL;
            if (!found)
                return NULL;
            *to++ = plain[found - escape];
            at += 2;
        }
    }
    *to = '\0';
    tree->at = at + 1;
    return start;
}

static bool digits(char **at)
{
    size_t n = strspn(*at, "0123456789");

    *at += n;
    return n > 0;
}

/* The text stays where it is; the caller ends it when the next is known. */
static bool number(struct json_tree *tree, size_t *length)
{
    char *at = tree->at;

    if (*at == '-')
        at++;
    if (*at == '0')
        at++;
    else if (!digits(&at))
        return false;
    if (*at == '.') {
        at++;
        if (!digits(&at))
            return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '+' || *at == '-')
            at++;
        if (!digits(&at))
            return false;
    }
    *length = (size_t)(at - tree->at);
    return true;
}

/* Scalars without quotes have no room for a NUL: one step to the left there
 * is always a byte that has been read (the value's text is shifted there). */
static bool bare(struct json_tree *tree, struct json_value *out)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = {
        {"true", JSON_BOOL}, {"false", JSON_BOOL}, {"null", JSON_NULL}};
    size_t i, length = 0;

    for (i = 0; i < 3; i++) {
        length = strlen(words[i].word);
        if (strncmp(tree->at, words[i].word, length) == 0) {
            out->kind = words[i].kind;
            out->text = words[i].word;
            tree->at += length;
            return true;
        }
    }
    if (!number(tree, &length))
        return false;
    out->kind = JSON_NUMBER;
    memmove(tree->at - 1, tree->at, length);
    out->text = tree->at - 1;
    tree->at[length - 1] = '\0';
    tree->at += length;
    return true;
}

static bool members(struct json_tree *tree, struct json_value *out, int depth,
                    bool object)
{
    const struct json_value **link = &out->child;
    char close = object ? '}' : ']';
    struct json_value *member;
    const char *key = NULL;

    out->kind = object ? JSON_OBJECT : JSON_ARRAY;
    if (take(tree, close))
        return true;
    do {
        if (object) {
            if (!take(tree, '"') || !(key = string(tree)) || !take(tree, ':'))
                return false;
        }
        member = value(tree, depth + 1, key);
        if (!member)
            return false;
        *link = member;
        link = &member->next;
    } while (take(tree, ','));
    return take(tree, close);
}

static struct json_value *value(struct json_tree *tree, int depth,
                                const char *key)
{
    struct json_value *out;
    bool good;

    if (depth >= DEPTH || tree->count >= tree->room)
        return NULL;
    out = &tree->values[tree->count++];
    out->key = key;
    out->text = "";
    blank(tree);
    if (take(tree, '{')) {
        good = members(tree, out, depth, true);
    } else if (take(tree, '[')) {
        good = members(tree, out, depth, false);
    } else if (take(tree, '"')) {
        out->kind = JSON_STRING;
        out->text = string(tree);
        good = out->text != NULL;
    } else {
        good = bare(tree, out);
    }
    return good ? out : NULL;
}

/* Every value but the first stands behind one of these. */
static size_t most_values(const char *text)
{
    size_t n = 2;

    for (; *text; text++)
        n += *text == ',' || *text == ':' || *text == '[' || *text == '{';
    return n;
}

struct json_tree *json_parse(const char *text, struct err *err)
{
    size_t length = strlen(text);
    struct json_tree *tree;

    if (length > JSON_READ_BYTES) {
        err_set(err, ERR_REJECT, "JSON longer than 1 MiB");
        return NULL;
    }
    tree = mem_calloc(1, sizeof *tree);
    tree->room = most_values(text);
    tree->values = calloc(tree->room, sizeof *tree->values);
    tree->text = malloc(length + 2);
    if (!tree->values || !tree->text) {
        json_tree_free(tree);
        err_set(err, ERR_RETRY, "no memory for JSON");
        return NULL;
    }
    tree->text[0] = ' '; /* room for a number that stands first */
    memcpy(tree->text + 1, text, length + 1);
    tree->at = tree->text + 1;
    if (value(tree, 0, NULL)) {
        blank(tree);
        if (!*tree->at)
            return tree;
    }
    json_tree_free(tree);
    err_set(err, ERR_REJECT, "not JSON");
    return NULL;
}

void json_tree_free(struct json_tree *tree)
{
    if (!tree)
        return;
    free(tree->values);
    free(tree->text);
    free(tree);
}

const struct json_value *json_root(const struct json_tree *tree)
{
    return tree->values;
}

const struct json_value *json_get(const struct json_value *value_,
                                  const char *key)
{
    const struct json_value *member;

    if (!value_ || value_->kind != JSON_OBJECT)
        return NULL;
    for (member = value_->child; member; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

const char *json_get_text(const struct json_value *value_, const char *key,
                          const char *otherwise)
{
    const struct json_value *member = json_get(value_, key);

    return member && member->kind != JSON_NULL ? member->text : otherwise;
}
