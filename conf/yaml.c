/* Reading a YAML file: what must hold before a parser sees a byte, and the
 * tree's everyday handling. Parsing is yaml_tree.c, the schema yaml_apply.c,
 * the values yaml_scalar.c. */
#include "conf/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/yaml_tree.h"

static bool read_all(const char *path, int fd, char *bytes, size_t size,
                     size_t *n, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(err, ERR_REJECT, "%s: is a folder, not a file", path);
    while (*n < size) {
        ssize_t got = read(fd, bytes + *n, size - *n);

        if (got == 0)
            break;
        if (got > 0)
            *n += (size_t)got;
        else if (errno != EINTR)
            return err_set(err, ERR_REJECT, "%s: cannot be read: %s", path,
                           strerror(errno));
    }
    if (*n > YAML_FILE_BYTES)
        return err_set(err, ERR_REJECT,
                       "%s: is larger than 64 KiB; a configuration is smaller",
                       path);
    return true;
}

static bool check_nul(const struct yaml_file *file, const char *bytes, size_t n,
                      struct err *err)
{
    struct yaml_node at = {.line = 1, .column = 1};
    const char *nul = memchr(bytes, '\0', n);

    if (!nul)
        return true;
    for (const char *c = bytes; c < nul; c++) {
        at.column++;
        if (*c == '\n') {
            at.line++;
            at.column = 1;
        }
    }
    return yaml_error(file, &at, err,
                      "a NUL byte; the file must be UTF-8 text");
}

static bool read_file(struct yaml_file *file, char *bytes, struct err *err)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    size_t n = 0, bom = 0;
    bool ok;

    if (fd < 0)
        return err_set(err, ERR_REJECT, "%s: cannot be opened: %s", file->path,
                       strerror(errno));
    ok = read_all(file->path, fd, bytes, YAML_FILE_BYTES + 1, &n, err);
    close(fd);
    if (!ok || !check_nul(file, bytes, n, err))
        return false;
    /* An editor's byte order mark, which libyaml counts as a column. */
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        bom = 3;
    return yaml_tree(file, bytes + bom, n - bom, err);
}

bool yaml_read(const char *path, struct yaml_file *out, struct err *err)
{
    char bytes[YAML_FILE_BYTES + 1];

    memset(out, 0, sizeof *out);
    if (strlen(path) >= sizeof out->path)
        return err_set(err, ERR_REJECT,
                       "%.64s...: the path is longer than %zu characters", path,
                       sizeof out->path - 1);
    strcpy(out->path, path);
    if (read_file(out, bytes, err))
        return true;
    yaml_free(out);
    return false;
}

static void free_children(struct yaml_node *node)
{
    for (size_t i = 0; i < node->count; i++)
        free_children(&node->items[i]);
    for (size_t i = 0; node->keys && i < node->count; i++)
        free_children(&node->keys[i]);
    free(node->items);
    free(node->keys);
}

void yaml_free(struct yaml_file *file)
{
    if (!file)
        return;
    free_children(&file->root);
    free(file->text);
    memset(file, 0, sizeof *file);
}

bool yaml_error(const struct yaml_file *file, const struct yaml_node *at,
                struct err *err, const char *fmt, ...)
{
    char msg[sizeof err->msg];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    err_set(err, ERR_REJECT, "%s", msg);
    return err_wrap(err, "%s:%d:%d", file->path, at->line, at->column);
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping,
                                 const char *key)
{
    if (mapping->kind != YAML_MAPPING)
        return NULL;
    for (size_t i = 0; i < mapping->count; i++)
        if (strcmp(mapping->keys[i].text, key) == 0)
            return &mapping->items[i];
    return NULL;
}
