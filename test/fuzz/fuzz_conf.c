/* osteon.yaml: libyaml and our schema, from a file that anybody may have
 * written. A refusal has a text; what is taken can be given back. */
#include "conf/conf.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static int fd = -1;
    char path[FUZZ_PATH];
    struct err err = {0};
    struct conf *conf;

    fuzz_file(&fd, bytes, n, path);
    conf = conf_load(path, NULL, &err);
    if (!conf && (err.code != ERR_REJECT || err.msg[0] == '\0'))
        abort();
    if (conf)
        (void)conf_caller(conf, "ANY", "OSTEON", "10.0.0.1", "CN=a");
    conf_free(conf);
    return 0;
}
