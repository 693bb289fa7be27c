/* db/uid and db/job: derived UIDs against Python's uuid5, digests against the
 * published vectors. */
#include "db/uid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/findings.h"
#include "db/job.h"

static void derived(void **state)
{
    char out[65], again[65];

    (void)state;
    /* uuid.uuid5(uuid.UUID("dbeb1844-2ccc-4968-8f3d-18e81cacfbf5"), …).int */
    uid_derive(out, "1.2.3");
    assert_string_equal(out, "2.25.261671263630648177532019738935571765005");
    uid_derive(again, "1.2.3");
    assert_string_equal(out, again);
    uid_derive(out, "");
    assert_string_equal(out, "2.25.308024998207781953659251450389606383494");
    for (int i = 0; i < 200; i++) {
        char text[8] = {(char)('0' + i % 10), (char)('0' + i / 10 % 10),
                        (char)('0' + i / 100)};

        uid_derive(out, text);
        assert_in_range(strlen(out), 6, 44);
        assert_int_equal(strncmp(out, "2.25.", 5), 0);
        assert_int_not_equal(out[5], '0');
        assert_int_equal(strspn(out + 5, "0123456789"), strlen(out + 5));
    }
}

static void digests(void **state)
{
    char out[65];

    (void)state;
    /* FIPS 180-4 examples; RFC 4231 case 2. */
    sha256_hex(out, "abc", 3);
    assert_string_equal(
        out,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex(out, "", 0);
    assert_string_equal(
        out,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hmac_hex(out, "Jefe", "what do ya want for nothing?");
    assert_string_equal(
        out,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(job_stage_name(JOB_ANALYSE), "analyse");
    assert_string_equal(job_stage_name(JOB_SEND), "send");
    assert_string_equal(job_state_name(JOB_QUEUED), "queued");
    assert_string_equal(job_state_name(JOB_BUSY), "busy");
    assert_string_equal(job_state_name(JOB_DONE), "done");
    assert_string_equal(job_state_name(JOB_DEAD), "dead");
    assert_string_equal(job_state_name(JOB_HELD), "held");
    assert_string_equal(job_state_name((enum job_state)99), "unknown");
    assert_string_equal(side_name(SIDE_LEFT), "left");
    assert_string_equal(side_name(SIDE_RIGHT), "right");
    assert_string_equal(side_name(SIDE_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derived),
        cmocka_unit_test(digests),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
