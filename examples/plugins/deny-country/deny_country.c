/* deny-country: no access from some countries, by the header in which a proxy in
 * front says where a request is from. That proxy must set it on every request,
 * or clients say it themselves.
 *
 *   countries  two-letter codes with commas between, as in KP,IR
 *   header     the header's name in lower case; cf-ipcountry by default
 *   unknown    "allow" lets requests without the header pass; they are refused
 *              by default, and always if the header is not one country
 */
#include "cardea_hook.h"

HOOK_ABI

#define PREFIX "req.header."
#define PREFIX_LEN (hook_i32)(sizeof PREFIX - 1)
#define MAX_HEADER 64
#define MAX_COUNTRIES 800

static char key[sizeof PREFIX - 1 + MAX_HEADER] = PREFIX "cf-ipcountry";
static char countries[MAX_COUNTRIES];
static hook_i32 key_len = sizeof PREFIX - 1 + 12, countries_len, allow_unknown;

static char upper(char c) {
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

HOOK(configure) {
    char text[8];
    hook_i32 n = hook_config("header", key + PREFIX_LEN, MAX_HEADER);
    if (n > MAX_HEADER || n == 0) {
        return hook_failed("header may have 64 bytes, and at least one");
    }
    if (n > 0) {
        key_len = PREFIX_LEN + n;
    }
    allow_unknown = hook_equal(text, hook_config("unknown", text, sizeof text), "allow");
    countries_len = hook_config("countries", countries, MAX_COUNTRIES);
    if (countries_len < 2 || countries_len > MAX_COUNTRIES || countries_len % 3 != 2) {
        return hook_failed("countries is a list of two-letter codes such as KP,IR without spaces");
    }
    for (hook_i32 i = 0; i < countries_len; i++) {
        char c = countries[i] = upper(countries[i]);
        if (i % 3 == 2 ? c != ',' : c < 'A' || c > 'Z') {
            return hook_failed("countries is a list of two-letter codes such as KP,IR without spaces");
        }
    }
    return 0;
}

HOOK(on_route_access) {
    char code[2];
    hook_i32 n = hook_v1_get(key, key_len, code, sizeof code);
    if (n == HOOK_NOT_GRANTED) {
        return hook_failed("cannot see the header: grant read for it");
    }
    if (n != 2) { /* no header, or no country in it: two headers arrive as one, with a comma between */
        return allow_unknown && n == HOOK_ABSENT ? HOOK_NOT_APPLICABLE : hook_refuse(HOOK_FORBIDDEN, "where you are cannot be told");
    }
    for (hook_i32 i = 0; i < countries_len; i += 3) {
        if (upper(code[0]) == countries[i] && upper(code[1]) == countries[i + 1]) {
            return hook_refuse(HOOK_FORBIDDEN, "not available in your country");
        }
    }
    return HOOK_NOT_APPLICABLE;
}
