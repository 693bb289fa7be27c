/* Who may connect: an AE title together with an address. A title alone is no
 * secret and an address alone says nothing about the program, so an entry has
 * both, and leaving one open must be written down as "*". */
#include "conf/conf_read.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/mem.h"

/* IPv4 lives in its mapped form ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so that
 * one comparison serves both and a dual-stack socket's peers. */
struct range {
    unsigned char address[16];
    int bits;
};

static bool parse_address(const char *text, unsigned char out[16], int *width)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0,    0,
                                             0, 0, 0, 0, 0xFF, 0xFF};

    memcpy(out, mapped, sizeof mapped);
    *width = 32;
    if (inet_pton(AF_INET, text, out + 12) == 1)
        return true;
    *width = 128;
    return inet_pton(AF_INET6, text, out) == 1;
}

static bool parse_range(const char *text, struct range *out)
{
    char address[64];
    const char *slash = strchr(text, '/');
    const char *prefix = slash ? slash + 1 : "";
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    int width;

    if (n >= sizeof address)
        return false;
    memcpy(address, text, n);
    address[n] = '\0';
    if (!parse_address(address, out->address, &width))
        return false;
    out->bits = 128;
    if (!slash)
        return true;
    if (*prefix == '\0' || strlen(prefix) > 3 ||
        strspn(prefix, "0123456789") != strlen(prefix) || atoi(prefix) > width)
        return false;
    out->bits = 128 - width + atoi(prefix);
    return true;
}

static bool contains(const struct range *range, const unsigned char peer[16])
{
    size_t whole = (size_t)range->bits / 8;
    unsigned mask = 0xFFu << (8 - range->bits % 8);

    if (memcmp(range->address, peer, whole) != 0)
        return false;
    return range->bits % 8 == 0 ||
           ((range->address[whole] ^ peer[whole]) & mask & 0xFF) == 0;
}

static bool is_title(const struct conf *conf, const char *ae)
{
    for (size_t i = 0; i < conf->node.n_ae_titles; i++)
        if (strcmp(conf->node.ae_titles[i], ae) == 0)
            return true;
    return strcmp(ae, "*") == 0;
}

static bool check(const struct yaml_file *file, const struct yaml_node *entry,
                  const struct conf *conf, const struct conf_caller *caller,
                  struct err *err)
{
    struct range range;

    if (strchr(caller->ae, '*') && strcmp(caller->ae, "*") != 0)
        return yaml_error(file, yaml_get(entry, "ae"), err,
                          "ae: \"%s\" is not a pattern; write a whole title, "
                          "or \"*\" for any",
                          caller->ae);
    if (strcmp(caller->address, "*") != 0 &&
        !parse_range(caller->address, &range))
        return yaml_error(file, yaml_get(entry, "address"), err,
                          "address: \"%s\" is not an IP address or range; "
                          "write 10.0.0.5, 10.0.0.0/24, fd00::/8, or \"*\" "
                          "for any",
                          caller->address);
    if (!is_title(conf, caller->called_ae))
        return yaml_error(file, yaml_get(entry, "called_ae"), err,
                          "called_ae: \"%s\" is none of node.ae_titles",
                          caller->called_ae);
    if (caller->certificate[0] && !conf->node.tls.on)
        return yaml_error(file, yaml_get(entry, "certificate"), err,
                          "certificate: needs the section node.tls");
    return true;
}

bool conf_caller_read(const struct yaml_file *file,
                      const struct yaml_node *node, struct conf *conf,
                      struct err *err)
{
    static const struct yaml_key keys[] = {
        {.name = "ae",
         .type = YAML_AE,
         YAML_AT(struct conf_caller, ae),
         .required = true},
        {.name = "called_ae",
         .type = YAML_AE,
         YAML_AT(struct conf_caller, called_ae)},
        {.name = "address",
         .type = YAML_TEXT,
         YAML_AT(struct conf_caller, address),
         .required = true},
        {.name = "certificate",
         .type = YAML_TEXT,
         YAML_AT(struct conf_caller, certificate),
         .min = 1},
        {.name = NULL},
    };

    if (!conf_list_check(file, node, "callers", 1, CONF_MOST_CALLERS, err))
        return false;
    conf->callers = mem_calloc(node->count, sizeof *conf->callers);
    conf->n_callers = node->count;
    for (size_t i = 0; i < node->count; i++) {
        strcpy(conf->callers[i].called_ae, "*");
        if (!yaml_apply(file, &node->items[i], keys, &conf->callers[i], err) ||
            !check(file, &node->items[i], conf, &conf->callers[i], err))
            return false;
    }
    return true;
}

const struct conf_caller *conf_caller(const struct conf *conf, const char *ae,
                                      const char *called_ae,
                                      const char *address,
                                      const char *certificate)
{
    unsigned char peer[16];
    char plain[64];
    int width;
    bool known;

    /* A link-local peer carries its interface: fe80::1%eth0 */
    snprintf(plain, sizeof plain, "%s", address);
    plain[strcspn(plain, "%")] = '\0';
    known = parse_address(plain, peer, &width);
    for (size_t i = 0; i < conf->n_callers; i++) {
        const struct conf_caller *c = &conf->callers[i];
        struct range range;

        if (strcmp(c->ae, "*") != 0 && strcmp(c->ae, ae) != 0)
            continue;
        if (strcmp(c->called_ae, "*") != 0 &&
            strcmp(c->called_ae, called_ae) != 0)
            continue;
        if (c->certificate[0] &&
            (!certificate || strcmp(c->certificate, certificate) != 0))
            continue;
        if (strcmp(c->address, "*") == 0 ||
            (known && parse_range(c->address, &range) &&
             contains(&range, peer)))
            return c;
    }
    return NULL;
}
