/* The table from C-STORE status to deed, whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scu/outcome.c"

/* Written down a second time, from the text and not from the table. */
static enum outcome expected(unsigned status)
{
    switch (status) {
    case 0x0000:
    case 0x0111:
        return OUTCOME_DELIVERED;
    case 0xB000:
    case 0xB006:
    case 0xB007:
        return OUTCOME_WARNING;
    case 0x0110:
    case 0x0213:
        return OUTCOME_RETRY;
    default:
        return status >> 8 == 0xA7 ? OUTCOME_RETRY : OUTCOME_REJECT;
    }
}

static void test_every_status(void **state)
{
    unsigned status;

    (void)state;
    for (status = 0; status <= 0xFFFF; status++)
        if (outcome_of((uint16_t)status) != expected(status))
            fail_msg("status %04X", status);
}

static void test_texts(void **state)
{
    static const struct {
        uint16_t status;
        const char *text;
    } texts[] = {{0x0000, "success"},
                 {0x0111, "already there"},
                 {0xA700, "out of resources"},
                 {0xA7FF, "out of resources"},
                 {0xA800, "failure"},
                 {0x0122, "SOP class not supported"},
                 {0xA901, "data set does not match the SOP class"},
                 {0xC123, "cannot understand"},
                 {0xB001, "failure"},
                 {0xFFFF, "failure"}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_string_equal(outcome_text(texts[i].status), texts[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_status),
        cmocka_unit_test(test_texts),
    };

    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
