/* A film may be stored mirrored, upside down or lying: DICOM says so in
 * PatientOrientation, and a model that knows one way of it can still be asked.
 * The network gets the picture turned; what it says is turned back. */
#include "inference/turn.h"

#include <string.h>

/* 0, 1, 2 for the axis of a direction, -1: none. */
static int axis(char direction)
{
    static const char *const axes[] = {"RL", "AP", "HF"};
    for (int i = 0; i < 3; i++) {
        if (direction && strchr(axes[i], direction))
            return i;
    }
    return -1;
}

static bool plane(const char *text)
{
    return strlen(text) == 3 && text[1] == '\\' && axis(text[0]) >= 0 &&
           axis(text[2]) >= 0 && axis(text[0]) != axis(text[2]);
}

bool turn_between(const char *image, const char *wanted, uint32_t *turn)
{
    if (!plane(image) || !plane(wanted))
        return false;
    bool straight =
        axis(image[0]) == axis(wanted[0]) && axis(image[2]) == axis(wanted[2]);
    bool across =
        axis(image[0]) == axis(wanted[2]) && axis(image[2]) == axis(wanted[0]);
    if (!straight && !across)
        return false;
    char x = straight ? image[0] : image[2]; /* along the upright's axes */
    char y = straight ? image[2] : image[0];
    *turn = (across ? TURN_TRANSPOSE : 0) | (x != wanted[0] ? TURN_FLIP_X : 0) |
            (y != wanted[2] ? TURN_FLIP_Y : 0);
    return true;
}

void turn_size(uint32_t turn, uint32_t rows, uint32_t columns,
               uint32_t *upright_rows, uint32_t *upright_columns)
{
    *upright_rows = turn & TURN_TRANSPOSE ? columns : rows;
    *upright_columns = turn & TURN_TRANSPOSE ? rows : columns;
}

static void swap(double point[2])
{
    double x = point[0];
    point[0] = point[1];
    point[1] = x;
}

static void flip(uint32_t turn, uint32_t rows, uint32_t columns,
                 double point[2])
{
    uint32_t height, width;
    turn_size(turn, rows, columns, &height, &width);
    if (turn & TURN_FLIP_X)
        point[0] = (double)width - 1 - point[0];
    if (turn & TURN_FLIP_Y)
        point[1] = (double)height - 1 - point[1];
}

void turn_upright(uint32_t turn, uint32_t rows, uint32_t columns,
                  double point[2])
{
    if (turn & TURN_TRANSPOSE)
        swap(point);
    flip(turn, rows, columns, point);
}

void turn_back(uint32_t turn, uint32_t rows, uint32_t columns, double point[2])
{
    flip(turn, rows, columns, point);
    if (turn & TURN_TRANSPOSE)
        swap(point);
}

void turn_matrix(uint32_t turn, int matrix[2][2])
{
    bool across = turn & TURN_TRANSPOSE;
    matrix[0][across] = turn & TURN_FLIP_X ? -1 : 1;
    matrix[0][!across] = 0;
    matrix[1][!across] = turn & TURN_FLIP_Y ? -1 : 1;
    matrix[1][across] = 0;
}
