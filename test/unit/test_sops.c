/* The table of SOP classes against the one DCMTK was built with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dicom/scan.h"
#include "scp/sops.c"

/* In libdcmdata; a C++ variable, but its name is not mangled. */
extern const char *dcmAllStorageSOPClassUIDs[];

/* Drafts that PS3 never adopted, security screening, industrial testing. */
static bool left_out(const char *uid)
{
    static const char *const drafts[] = {
        "1.2.840.10008.5.1.4.1.1.88.1", "1.2.840.10008.5.1.4.1.1.88.2",
        "1.2.840.10008.5.1.4.1.1.88.3", "1.2.840.10008.5.1.4.1.1.88.4",
        "1.2.840.10008.5.1.4.1.1.9.1",  "1.2.840.10008.5.1.4.34.1"};
    size_t i;

    for (i = 0; i < sizeof drafts / sizeof drafts[0]; i++)
        if (strcmp(drafts[i], uid) == 0)
            return true;
    return strncmp(uid, "1.2.840.10008.5.1.4.1.1.501.", 28) == 0 ||
           strncmp(uid, "1.2.840.10008.5.1.4.1.1.601.", 28) == 0;
}

static bool dcmtk_knows(const char *uid)
{
    const char **known;

    for (known = dcmAllStorageSOPClassUIDs; *known; known++)
        if (strcmp(*known, uid) == 0)
            return true;
    return false;
}

static void test_every_class_of_dcmtk(void **state)
{
    const char **known;
    int missing = 0;

    (void)state;
    for (known = dcmAllStorageSOPClassUIDs; *known; known++) {
        if ((sops_find(*known) == NULL) == left_out(*known))
            continue;
        print_error("%s is %s\n", *known,
                    left_out(*known) ? "not wanted" : "missing");
        missing++;
    }
    assert_int_equal(missing, 0);
}

static void test_nothing_else(void **state)
{
    size_t i, other = 0;

    (void)state;
    for (i = 0; i < sops_count; i++) {
        assert_true(scan_uid_valid(sops[i].uid));
        assert_true(strlen(sops[i].name) > 0);
        assert_ptr_equal(sops_find(sops[i].uid), &sops[i]);
        if (!dcmtk_knows(sops[i].uid))
            other++;
    }
    assert_int_equal(other, 1);
    assert_int_equal(sops_find("1.2.840.10008.1.1")->kind, SOPS_VERIFICATION);
    assert_null(sops_find("1.2.840.10008.5.1.4.1.2.2.1"));
    assert_null(sops_find(""));
}

static void test_kinds(void **state)
{
    static const struct {
        const char *uid;
        enum sops_kind kind;
    } rows[] = {
        {"1.2.840.10008.5.1.4.1.1.1", SOPS_IMAGE},   /* CR */
        {"1.2.840.10008.5.1.4.1.1.1.1", SOPS_IMAGE}, /* DX */
        {"1.2.840.10008.5.1.4.1.1.2", SOPS_IMAGE},   /* CT */
        {"1.2.840.10008.5.1.4.1.1.4.1", SOPS_IMAGE}, /* enhanced MR */
        {"1.2.840.10008.5.1.4.1.1.7", SOPS_IMAGE},   /* SC */
        {"1.2.840.10008.5.1.4.1.1.88.33", SOPS_SR},  /* comprehensive */
        {"1.2.840.10008.5.1.4.1.1.88.59", SOPS_SR},  /* key objects */
        {"1.2.840.10008.5.1.4.1.1.11.1", SOPS_PRESENTATION},
        {"1.2.840.10008.5.1.4.1.1.66.4", SOPS_OTHER},  /* segmentation */
        {"1.2.840.10008.5.1.4.1.1.104.1", SOPS_OTHER}, /* PDF */
        {"1.2.840.10008.5.1.4.1.1.481.2", SOPS_OTHER}, /* RT dose */
        {"1.2.840.10008.5.1.4.1.1.9.2.1", SOPS_OTHER}  /* waveform */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_non_null(sops_find(rows[i].uid));
        assert_string_equal(sops_kind_name(sops_find(rows[i].uid)->kind),
                            sops_kind_name(rows[i].kind));
    }
}

static void test_list_for_the_acceptor(void **state)
{
    const char *const *uids = sops_uids();
    size_t n = 0;

    (void)state;
    while (uids[n])
        n++;
    assert_int_equal(n, sops_count);
    assert_string_equal(uids[0], "1.2.840.10008.1.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_class_of_dcmtk),
        cmocka_unit_test(test_nothing_else),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_list_for_the_acceptor),
    };

    return cmocka_run_group_tests_name("sops", tests, NULL, NULL);
}
