/* sr_writer/place.c: a label stands beside its line, off joints, off bone, and
 * never on another label. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sr_writer/place.h"

static struct place place;
static const struct place_segment line = {{200, 100}, {200, 700}};

static void begin(void)
{
    memset(&place, 0, sizeof(place));
    place.width = 400;
    place.height = 800;
    place.clearance = 30;
    place.gap = 8;
    place_segment(&place, line.from, line.to);
}

static struct place_label label(double width, double height, bool wanted)
{
    struct place_label out = {.box = {0, 0, width, height}};

    assert_true(place_label(&place, &line, 1, &out) == wanted);
    return out;
}

static void test_beside(void **state)
{
    const double joint[2] = {200, 400};
    struct place_label first, second;

    (void)state;
    begin();
    place_joint(&place, joint);
    first = label(100, 20, true);
    second = label(100, 20, true);
    assert_true(first.box.x >= 208 || first.box.x + 100 <= 192);
    assert_true(first.box.y + 20 < 370 || first.box.y > 430);
    assert_false(place_overlap(&first.box, &second.box));
    assert_false(first.led);
}

static void test_no_room(void **state)
{
    const struct place_box most = {0, 0, 400, 790};

    (void)state;
    begin();
    label(401, 20, false);
    label(100, 801, false);
    label(0, 20, false);
    assert_int_equal(place.n_boxes, 0);
    assert_true(place_reserve(&place, &most));
    assert_false(place_reserve(&place, &most));
    label(100, 20, false);
    label(100, 10, false); /* a leader to the lower edge would cross it */
}

/* Away from its line a label has a leader, which crosses no other label. */
static void test_leader(void **state)
{
    const struct place_box blocks[] = {{120, 50, 200, 700}};
    struct place_label out;

    (void)state;
    begin();
    assert_true(place_reserve(&place, &blocks[0]));
    out = label(60, 20, false); /* the line itself is covered */
    begin();
    place.n_segments = 0;
    for (double y = 0; y < 800; y += 4) {
        const double joint[2] = {200, y};
        place_joint(&place, joint);
    }
    out = label(60, 20, true);
    assert_true(out.led);
    assert_true(out.leader.from[0] == 200);
    assert_true(fabs(out.leader.to[0] - 200) >= 30);
    assert_int_equal(place.n_segments, 1);
}

/* The label of a flat line may stand beside an end of it: bones are above and
 * below. */
static void test_flat(void **state)
{
    const struct place_segment flat = {{150, 400}, {250, 400}};
    struct place_label out = {.box = {0, 0, 100, 20}};

    (void)state;
    begin();
    place.n_segments = 0;
    for (double y = 0; y < 800; y += 10) {
        const double joint[2] = {200, y};
        place_joint(&place, joint);
    }
    assert_true(place_label(&place, &flat, 1, &out));
    assert_true(out.box.x + 100 <= 150 - 8 || out.box.x >= 250 + 8);
    assert_true(out.box.y == 390);
    assert_false(out.led);
}

/* Bright on the outer side, dark on the inner one. */
static void test_bone(void **state)
{
    static unsigned char pixels[80 * 40];
    struct place_label out;

    (void)state;
    begin();
    out = label(100, 20, true);
    assert_true(out.box.x > 200);
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = i % 40 >= 20 ? 255 : 0;
    begin();
    place_shade(&place, pixels, 80, 40);
    out = label(100, 20, true);
    assert_true(out.box.x + 100 <= 200);
}

static void test_capacity(void **state)
{
    const double joint[2] = {1, 1};
    struct place_box box = {0, 0, 1, 1};

    (void)state;
    begin();
    place.width = place.height = 4000;
    for (size_t i = 0; i < PLACE_JOINTS + PLACE_SEGMENTS; i++) {
        const double to[2] = {(double)(i % PLACE_SEGMENTS), 1};
        place_joint(&place, joint);
        place_segment(&place, joint, to); /* each but once */
    }
    assert_int_equal(place.n_joints, PLACE_JOINTS);
    assert_int_equal(place.n_segments, PLACE_SEGMENTS);
    for (size_t i = 0; i < PLACE_BOXES; i++) {
        box.x = (double)(2 * i);
        assert_true(place_reserve(&place, &box));
    }
    box.y = 9;
    assert_false(place_reserve(&place, &box));
    label(100, 20, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beside),   cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_leader),   cmocka_unit_test(test_bone),
        cmocka_unit_test(test_capacity), cmocka_unit_test(test_flat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
