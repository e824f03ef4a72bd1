/* short-expiry: no access token lives longer than two hours, and each carries a
 * claim from the configuration.
 *
 *   claim  the claim's name; without it no claim is added
 *   value  its text
 */
#include "cardea_hook.h"

HOOK_ABI

#define LIFETIME 7200
#define MAX_CLAIM 64
#define MAX_TEXT 256
#define PREFIX "claim."

static char claim[sizeof PREFIX - 1 + MAX_CLAIM] = PREFIX; /* the key to set */
static char value[MAX_TEXT];
static hook_i32 claim_len, value_len; /* claim_len is 0 without a claim */

HOOK(configure) {
    claim_len = hook_config("claim", claim + sizeof PREFIX - 1, MAX_CLAIM);
    value_len = hook_config("value", value, MAX_TEXT);
    if (claim_len > MAX_CLAIM || value_len > MAX_TEXT) {
        return hook_failed("claim may have 64 bytes and value 256");
    }
    if (claim_len <= 0) {
        claim_len = 0;
        return 0;
    }
    if (value_len < 0) {
        return hook_failed("claim is set and value is not: set both");
    }
    return 0;
}

HOOK(on_auth_expire) {
    if (hook_get_int("lifetime", 0) <= LIFETIME) {
        return HOOK_NOT_APPLICABLE;
    }
    if (hook_set_int("lifetime", LIFETIME) < 0) {
        return hook_failed("cannot set lifetime: grant write \"lifetime\"");
    }
    return HOOK_CONTINUE;
}

HOOK(on_token_claims) {
    if (claim_len == 0) {
        return HOOK_NOT_APPLICABLE;
    }
    if (hook_v1_set(claim, sizeof PREFIX - 1 + claim_len, value, value_len) < 0) {
        return hook_failed("cannot set the claim: grant write for it");
    }
    return HOOK_CONTINUE;
}
