#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"

/* Exit status of the command and its subcommands; CONF_EXIT (78) as well. */
enum cli_exit { CLI_DONE, CLI_FAILED, CLI_USAGE };

/* The subcommands. argv[0] is the subcommand's own name. */
int run_command(int argc, char **argv);
int check_command(int argc, char **argv);
int echo_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int analyse_command(int argc, char **argv);
int status_command(int argc, char **argv);
int show_command(int argc, char **argv);
int history_command(int argc, char **argv);
int backup_command(int argc, char **argv);
int verb_command(int argc, char **argv); /* retry, hold, release, drop */
int audit_command(int argc, char **argv);

/* Lines of a usage text that are the same everywhere. */
#define CLI_OPTIONS                                                            \
    "  -c FILE      configuration (default " CONF_DEFAULT_PATH ")\n"           \
    "  --state DIR  spool and database are in DIR\n"
#define CLI_JSON "  --json       print JSON\n"
#define CLI_HELP "  --help       print this\n"

/* An option with a value that only one subcommand has. */
struct cli_option {
    const char *name; /* "--calling"; NULL ends the list */
    const char **value;
};

/* An option without a value. */
struct cli_flag {
    const char *name; /* "--csv"; NULL ends the list */
    bool *given;
};

struct cli_args {
    struct conf_options common;
    bool json;
    char **operands;
    int n_operands;
};

/* Options and operands may be mixed; "--" ends the options. Prints and exits
 * (2) on a usage error, 0 for --help. own may be NULL. json says whether the
 * subcommand has --json. The operands are moved to the front of argv. */
void cli_parse(int argc, char **argv, const char *usage, bool json,
               const struct cli_option *own, struct cli_args *out);
void cli_parse_flags(int argc, char **argv, const char *usage, bool json,
                     const struct cli_option *own, const struct cli_flag *flags,
                     struct cli_args *out);

/* Loads and checks the configuration, routes included. */
struct conf *cli_load(const struct cli_args *args, struct err *err);

/* The same for who starts a node: its TLS key and certificates can be used. */
struct conf *cli_load_node(const struct cli_args *args, struct err *err);

/* For who only looks at a node. What routes match is not checked: DCMTK's
 * dictionary takes longer to read than everything that `osteon status` does.
 * NULL: the problem was printed, exit with CONF_EXIT. */
struct conf *cli_conf(const struct cli_args *args);

/* "osteon: message" on stderr; returns `status`. */
int cli_fail(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for a wrong command line, with the usage behind it. */
int cli_usage(const char *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
