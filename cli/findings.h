#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdio.h>

/* A job's summary (JSON, written by the stage that did the job) in lines of
 * text, each behind `indent`. Text that is no JSON is shown as it is. */
void findings_print(FILE *out, const char *indent, const char *summary);

#endif
