#ifndef CONF_UTF8_H
#define CONF_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the UTF-8 character at s, 1..4; 0: none (RFC 3629: no overlong
 * forms, no surrogates). s is NUL-terminated. */
size_t utf8_length(const unsigned char *s);

/* The character at s is a control: C0, DEL, or C1, which some terminals obey
 * in UTF-8 as well. */
bool utf8_control(const unsigned char *s);

#endif
