/* The options every program shares, read the same way everywhere. A program
 * with options of its own calls again from the word it has used up, which
 * then stands where a program's name would. */
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/version.h"

enum { EXIT_USAGE = 2 };

_Noreturn static void usage_error(const char *usage, const char *what,
                                  const char *text)
{
    fprintf(stderr, "%s: %s%s\n%s", program_invocation_short_name, what, text,
            usage);
    if (usage[0] && usage[strlen(usage) - 1] != '\n')
        fputc('\n', stderr);
    exit(EXIT_USAGE);
}

_Noreturn static void print_and_exit(const char *text)
{
    fputs(text, stdout);
    if (text[0] && text[strlen(text) - 1] != '\n')
        putchar('\n');
    /* A full disk or a closed pipe must not look like success. */
    exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* The value of `option` at argv[*i], in the same word (--port=N) or the next
 * one; NULL when argv[*i] is another option. */
static const char *value_of(const char *option, int argc, char **argv, int *i,
                            const char *usage)
{
    size_t n = strlen(option);
    const char *value;

    if (strncmp(argv[*i], option, n) != 0)
        return NULL;
    if (argv[*i][n] == '=' && option[1] == '-')
        value = argv[*i] + n + 1;
    else if (argv[*i][n] != '\0')
        return NULL;
    else if (*i + 1 < argc)
        value = argv[++*i];
    else
        value = "";
    if (*value == '\0')
        usage_error(usage, "no value for ", option);
    return value;
}

static int parse_port(const char *text, const char *usage)
{
    long port = strtol(text, NULL, 10);

    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 5 ||
        port < 1 || port > 65535)
        usage_error(usage, "--port wants 1 to 65535, not ", text);
    return (int)port;
}

static const char *default_path(void)
{
    const char *path = getenv("OSTEON_CONF");

    return path && path[0] ? path : CONF_DEFAULT_PATH;
}

int conf_options(int argc, char **argv, const char *usage,
                 struct conf_options *out)
{
    const char *value;
    int i;

    if (!out->path)
        out->path = default_path();
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            print_and_exit(usage);
        if (strcmp(argv[i], "--version") == 0)
            print_and_exit("osteon " OSTEON_VERSION);
        if ((value = value_of("-c", argc, argv, &i, usage)))
            out->path = value;
        else if ((value = value_of("--state", argc, argv, &i, usage)))
            out->over.state = value;
        else if ((value = value_of("--port", argc, argv, &i, usage)))
            out->over.port = parse_port(value, usage);
        else
            break;
    }
    return i;
}
