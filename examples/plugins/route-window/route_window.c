/* route-window: public routes are public by the clock; outside the hours they
 * need credentials as every other route does.
 *
 *   from, to    hours of the day, 0 to 24; from 22 to 6 goes over midnight
 *   utc_offset  minutes that the local clock is ahead of UTC; 0 by default
 *
 * It only ever takes "public" away, so it needs no further right.
 */
#include "cardea_hook.h"

HOOK_ABI

#define DAY 1440 /* minutes */

static hook_i64 from, to, offset;

HOOK(configure) {
    from = hook_config_int("from", -1);
    to = hook_config_int("to", -1);
    offset = hook_config_int("utc_offset", 0);
    if (from < 0 || from > 24 || to < 0 || to > 24 || from == to) {
        return hook_failed("from and to are hours from 0 to 24, and differ");
    }
    if (offset <= -DAY || offset >= DAY) {
        return hook_failed("utc_offset is in minutes, less than a day");
    }
    return 0;
}

static int open_now(void) {
    hook_i64 minute = (hook_v1_now_ms() / 60000 + offset + DAY) % DAY;
    int after = minute >= from * 60, before = minute < to * 60;
    return from < to ? after && before : after || before;
}

HOOK(on_route_exclusion) {
    if (!hook_true("public") || open_now()) {
        return HOOK_NOT_APPLICABLE;
    }
    if (hook_set("public", "false", 5) < 0) {
        return hook_failed("cannot close the route: grant write \"public\"");
    }
    return HOOK_CONTINUE;
}
