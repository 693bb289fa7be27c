/* Command sets and RLE frames as they come from the network: two parsers of
 * ours without a file between. What a command says is built again and must
 * say the same. */
#include "dicom/command.h"
#include "dicom/rle.h"
#include "test/fuzz/fuzz.h"

static void try_command(const uint8_t *bytes, size_t n)
{
    static unsigned char built[COMMAND_BYTES];
    struct command command, again;
    struct err err = {0};

    if (!command_parse(bytes, n, &command, &err))
        return;
    n = command_build(&command, built);
    if (n > sizeof built || !command_parse(built, n, &again, &err) ||
        again.field != command.field ||
        again.message_id != command.message_id ||
        strcmp(again.sop_uid, command.sop_uid) != 0)
        abort();
}

static void try_rle(const uint8_t *bytes, size_t n)
{
    unsigned char out[4096];
    struct err err = {0};
    size_t samples = bytes[0] % 4 + 1, width = bytes[1] % 4 + 1;
    size_t pixels = bytes[2] + 1;

    (void)rle_decode(bytes + 3, n - 3, pixels, samples, width, out, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 4)
        return 0;
    if (bytes[0] & 1)
        try_command(bytes + 1, n - 1);
    else
        try_rle(bytes + 1, n - 1);
    return 0;
}
