/* `osteon echo`: the first thing to try when nothing arrives at the PACS.
 * C-ECHO (PS3.7 9.1.5) with exactly the titles and timeouts the node uses. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/text.h"
#include "conf/clock.h"
#include "conf/json_line.h"
#include "dicom/request.h"

#define VERIFICATION    "1.2.840.10008.1.1"
#define IMPLICIT_LITTLE "1.2.840.10008.1.2"
#define PDU_BYTES       16384

static const char usage[] =
    "usage: osteon echo [-c FILE] [--json] [DESTINATION...]\n\n"
    "C-ECHO to the destinations named, or to every one.\n\n"
    "  -c FILE      configuration (default " CONF_DEFAULT_PATH
    ")\n" CLI_JSON CLI_HELP;

static int seconds(int64_t ms)
{
    return (int)((ms + 999) / 1000);
}

static bool echo(const struct conf_destination *destination,
                 const struct dcm_tls *tls, struct err *err)
{
    const struct dcm_context context = {VERIFICATION, IMPLICIT_LITTLE};
    struct dcm_dest dest = {
        .port = (int)destination->port,
        .connect_s = seconds(destination->connect_ms),
        .response_s = seconds(destination->response_ms),
        .pdu_bytes = PDU_BYTES,
        .tls = tls,
    };
    struct dcm_scu *scu;
    bool good;

    memcpy(dest.ae, destination->ae, sizeof dest.ae);
    memcpy(dest.calling_ae, destination->calling_ae, sizeof dest.calling_ae);
    memcpy(dest.host, destination->host, sizeof dest.host);
    memcpy(dest.certificate, destination->certificate, sizeof dest.certificate);
    scu = dcm_scu_open(&dest, &context, 1, err);
    if (!scu)
        return false;
    good = dcm_scu_accepts(scu, &context)
               ? dcm_scu_echo(scu, err)
               : err_set(err, ERR_REJECT,
                         "the association is accepted, Verification is not");
    dcm_scu_close(scu);
    return good;
}

/* Lines come one by one, so their columns are measured before. */
struct width {
    int name, peer;
};

static struct width measure(const struct conf *conf)
{
    struct width width = {0, 0};
    size_t i;
    int n;

    for (i = 0; i < conf->n_destinations; i++) {
        const struct conf_destination *destination = &conf->destinations[i];

        n = (int)strlen(destination->name);
        width.name = n > width.name ? n : width.name;
        n = snprintf(NULL, 0, "%s@%s:%" PRId64, destination->ae,
                     destination->host, destination->port);
        width.peer = n > width.peer ? n : width.peer;
    }
    return width;
}

static void print(const struct conf_destination *destination, bool good,
                  int64_t took_ms, const struct err *err,
                  const struct width *width, json_t *list)
{
    char peer[CONF_AE + 256 + 24], why[sizeof err->msg];

    if (list) {
        json_line_append(list,
                         json_pack("{s:o,s:o,s:o,s:I,s:b,s:I,s:o}", "name",
                                   json_line_text(destination->name), "ae",
                                   json_line_text(destination->ae), "host",
                                   json_line_text(destination->host), "port",
                                   (json_int_t)destination->port, "ok", good,
                                   "ms", (json_int_t)took_ms, "error",
                                   json_line_text(good ? NULL : err->msg)));
        return;
    }
    snprintf(peer, sizeof peer, "%s@%s:%" PRId64, destination->ae,
             destination->host, destination->port);
    printf("%-*s  %-*s  ", width->name, destination->name, width->peer, peer);
    text_printable(why, sizeof why, err->msg);
    if (good)
        printf("%sok%s in %" PRId64 " ms\n", table_tone(stdout, TABLE_GOOD),
               table_tone_end(stdout, TABLE_GOOD), took_ms);
    else
        printf("%s%s%s\n", table_tone(stdout, TABLE_BAD), why,
               table_tone_end(stdout, TABLE_BAD));
    fflush(stdout); /* the next one may take its timeout */
}

static bool echo_one(const struct conf *conf,
                     const struct conf_destination *destination,
                     const struct width *width, json_t *list)
{
    int64_t start_ms = clock_mono_ms();
    struct dcm_tls *tls = NULL;
    struct err err = {0};
    bool good;

    if (destination->tls)
        tls = dcm_tls_open(&conf->node.tls, DCM_TLS_CALL, &err);
    good = (tls || !destination->tls) && echo(destination, tls, &err);
    dcm_tls_close(tls);
    print(destination, good, clock_mono_ms() - start_ms, &err, width, list);
    return good;
}

/* false: a name is unknown. */
static bool known(const struct conf *conf, const struct cli_args *args)
{
    int i;

    for (i = 0; i < args->n_operands; i++) {
        if (!conf_destination(conf, args->operands[i])) {
            cli_fail(CLI_USAGE, "no destination \"%s\" in %s",
                     args->operands[i], conf->path);
            return false;
        }
    }
    return true;
}

static bool echo_all(const struct conf *conf, const struct cli_args *args)
{
    json_t *list = args->json ? json_array() : NULL;
    struct width width = measure(conf);
    bool good = true;
    size_t i;

    if (args->n_operands == 0)
        for (i = 0; i < conf->n_destinations; i++)
            good &= echo_one(conf, &conf->destinations[i], &width, list);
    for (i = 0; i < (size_t)args->n_operands; i++)
        good &= echo_one(conf, conf_destination(conf, args->operands[i]),
                         &width, list);
    if (list)
        json_line_print(list);
    return good;
}

int echo_command(int argc, char **argv)
{
    struct cli_args args;
    struct conf *conf;
    int status = CLI_USAGE;

    cli_parse(argc, argv, usage, true, NULL, &args);
    conf = cli_conf(&args);
    if (!conf)
        return CONF_EXIT;
    if (known(conf, &args))
        status = echo_all(conf, &args) ? CLI_DONE : CLI_FAILED;
    conf_free(conf);
    return status;
}
