/* libyaml's events become our own tree. Its document API would be less code,
 * but has no bound on depth and takes more than a minute for 200,000 open
 * brackets; here the depth and the number of nodes are counted while events
 * arrive, and everything of YAML that a configuration does not need (aliases,
 * anchors, tags, several documents) is refused by name. */
#include "conf/yaml_tree.h"

#include <string.h>
#include <yaml.h>

#include "conf/mem.h"

struct tree {
    yaml_parser_t parser;
    struct yaml_file *file;
    char *free_text; /* next free byte of file->text */
    size_t free_bytes;
    size_t nodes;
};

static bool refuse(const struct tree *t, yaml_mark_t mark, struct err *err,
                   const char *what)
{
    struct yaml_node at = {.line = (int)mark.line + 1,
                           .column = (int)mark.column + 1};

    return yaml_error(t->file, &at, err, "%s", what);
}

static bool syntax_error(const struct tree *t, struct err *err)
{
    const yaml_parser_t *p = &t->parser;
    const char *problem = p->problem ? p->problem : "cannot be parsed";
    const char *hint = "";
    struct yaml_node at = {.line = (int)p->problem_mark.line + 1,
                           .column = (int)p->problem_mark.column + 1};

    if (p->error == YAML_READER_ERROR) {
        /* The reader runs ahead of the marks: only the offset is right. */
        at.line = at.column = 1;
        return yaml_error(t->file, &at, err,
                          "%s in byte %zu; save the file as UTF-8", problem,
                          p->problem_offset + 1);
    }
    if (strstr(problem, "cannot start any token"))
        hint = "; indent with spaces, not tabs, and quote values that start "
               "with % @ or `";
    if (strstr(problem, "mapping values are not allowed"))
        hint = "; check the indentation, and quote values that contain ': '";
    if (p->context)
        return yaml_error(t->file, &at, err, "%s (%s from line %d on)%s",
                          problem, p->context, (int)p->context_mark.line + 1,
                          hint);
    return yaml_error(t->file, &at, err, "%s%s", problem, hint);
}

static bool next(struct tree *t, yaml_event_t *event, struct err *err)
{
    if (yaml_parser_parse(&t->parser, event))
        return true;
    return syntax_error(t, err);
}

static bool store_text(struct tree *t, const yaml_event_t *event,
                       struct yaml_node *node, struct err *err)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;

    if (memchr(value, '\0', n))
        return refuse(t, event->start_mark, err,
                      "a value must not contain a NUL character");
    if (n >= t->free_bytes)
        return refuse(t, event->start_mark, err,
                      "the values of the file are too long");
    memcpy(t->free_text, value, n);
    t->free_text[n] = '\0';
    node->text = t->free_text;
    t->free_text += n + 1;
    t->free_bytes -= n + 1;
    return true;
}

static bool check_plain(const struct tree *t, const yaml_event_t *event,
                        struct err *err)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    if (event->type == YAML_ALIAS_EVENT)
        return refuse(t, event->start_mark, err,
                      "aliases (*name) are not supported; write the value "
                      "again, or quote it if it is a text");
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor)
        return refuse(t, event->start_mark, err,
                      "anchors (&name) are not supported; quote the value if "
                      "it is a text");
    if (tag)
        return refuse(t, event->start_mark, err,
                      "tags (!name) are not supported; quote the value if it "
                      "is a text");
    return true;
}

static bool build(struct tree *t, const yaml_event_t *event, int depth,
                  struct yaml_node *node, struct err *err);

/* Room for one more child. Doubles, and YAML_NODES bounds it. */
static struct yaml_node *add(struct yaml_node **list, size_t count)
{
    if ((count & (count - 1)) == 0)
        *list = mem_grow(*list, count ? 2 * count : 1, sizeof **list);
    memset(*list + count, 0, sizeof **list);
    return *list + count;
}

static bool check_key(const struct tree *t, const struct yaml_node *map,
                      const struct yaml_node *key, struct err *err)
{
    if (key->kind != YAML_SCALAR)
        return yaml_error(t->file, key, err,
                          "a key must be a text; write `key: value`");
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i].text, key->text) == 0)
            return yaml_error(t->file, key, err,
                              "key \"%.64s\" is already in line %d; keep one "
                              "of them",
                              key->text, map->keys[i].line);
    return true;
}

/* One item of a list or one pair of a mapping, whose event is at hand. */
static bool build_child(struct tree *t, const yaml_event_t *event, int depth,
                        struct yaml_node *node, struct err *err)
{
    yaml_event_t value;
    bool ok;

    if (node->kind == YAML_SEQUENCE) {
        struct yaml_node *item = add(&node->items, node->count);

        node->count++;
        return build(t, event, depth, item, err);
    }
    struct yaml_node *key = add(&node->keys, node->count);
    struct yaml_node *item = add(&node->items, node->count);

    ok = build(t, event, depth, key, err) && check_key(t, node, key, err);
    node->count++;
    if (!ok || !next(t, &value, err))
        return false;
    ok = build(t, &value, depth, item, err);
    yaml_event_delete(&value);
    return ok;
}

static bool build_children(struct tree *t, int depth, struct yaml_node *node,
                           struct err *err)
{
    for (;;) {
        yaml_event_t event;
        bool end, ok = true;

        if (!next(t, &event, err))
            return false;
        end = event.type == YAML_SEQUENCE_END_EVENT ||
              event.type == YAML_MAPPING_END_EVENT;
        if (!end)
            ok = build_child(t, &event, depth, node, err);
        yaml_event_delete(&event);
        if (end || !ok)
            return ok;
    }
}

static bool build(struct tree *t, const yaml_event_t *event, int depth,
                  struct yaml_node *node, struct err *err)
{
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    node->text = "";
    if (!check_plain(t, event, err))
        return false;
    if (depth >= YAML_DEPTH && event->type != YAML_SCALAR_EVENT)
        return refuse(t, event->start_mark, err,
                      "nested too deeply; at most 16 levels are allowed");
    if (++t->nodes > YAML_NODES)
        return refuse(t, event->start_mark, err,
                      "too many entries; at most 16384 values and keys are "
                      "allowed");
    if (event->type == YAML_SCALAR_EVENT) {
        node->kind = YAML_SCALAR;
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        return store_text(t, event, node, err);
    }
    node->kind =
        event->type == YAML_SEQUENCE_START_EVENT ? YAML_SEQUENCE : YAML_MAPPING;
    return build_children(t, depth + 1, node, err);
}

static bool expect(struct tree *t, yaml_event_type_t type, const char *else_say,
                   struct err *err)
{
    yaml_event_t event;
    bool ok;

    if (!next(t, &event, err))
        return false;
    ok = event.type == type || refuse(t, event.start_mark, err, else_say);
    yaml_event_delete(&event);
    return ok;
}

static bool build_document(struct tree *t, struct err *err)
{
    yaml_event_t event;
    bool ok;

    if (!expect(t, YAML_STREAM_START_EVENT, "not a YAML file", err) ||
        !expect(t, YAML_DOCUMENT_START_EVENT,
                "the file is empty; write `key: value` lines", err) ||
        !next(t, &event, err))
        return false;
    ok = build(t, &event, 0, &t->file->root, err);
    yaml_event_delete(&event);
    return ok &&
           expect(t, YAML_DOCUMENT_END_EVENT, "not a YAML document", err) &&
           expect(t, YAML_STREAM_END_EVENT,
                  "a second document starts here; a file holds one", err);
}

bool yaml_tree(struct yaml_file *file, const char *bytes, size_t n,
               struct err *err)
{
    struct tree t = {.file = file};
    bool ok;

    /* An escape of two characters (\L, \P) becomes three bytes at most, and
     * each value ends with a NUL. */
    t.free_bytes = 2 * YAML_FILE_BYTES + YAML_NODES;
    t.free_text = file->text = mem_calloc(1, t.free_bytes);
    if (!yaml_parser_initialize(&t.parser))
        return err_set(err, ERR_RETRY, "%s: no memory to read it", file->path);
    yaml_parser_set_encoding(&t.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&t.parser, (const unsigned char *)bytes, n);
    ok = build_document(&t, err);
    yaml_parser_delete(&t.parser);
    return ok;
}
