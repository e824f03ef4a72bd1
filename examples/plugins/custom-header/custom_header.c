/* custom-header: the credential comes in a header of the application's own.
 *
 *   header           its name, such as X-Access-Token
 *   prefix           the word before the credential, such as Token; none by default
 *   rule             only for requests under this rule; for all by default
 *   refuse_standard  "true": a credential in Authorization is then refused
 */
#include "cardea_hook.h"

HOOK_ABI

#define MAX 64

static char header[MAX], prefix[MAX], rule[MAX];
static hook_i32 header_len, prefix_len, rule_len, refuse;

HOOK(configure) {
    char text[MAX];
    header_len = hook_config("header", header, MAX);
    prefix_len = hook_config("prefix", prefix, MAX);
    rule_len = hook_config("rule", rule, MAX);
    refuse = hook_equal(text, hook_config("refuse_standard", text, MAX), "true");
    if (header_len <= 0) {
        return hook_failed("header is not set: name the header that carries the credential");
    }
    if (header_len > MAX || prefix_len > MAX || rule_len > MAX) {
        return hook_failed("header, prefix and rule may have 64 bytes each");
    }
    return 0;
}

/* elsewhere reports whether the request is under another rule than ours. */
static int elsewhere(void) {
    char name[MAX];
    if (rule_len <= 0) {
        return 0;
    }
    hook_i32 n = hook_get("rule.name", name, MAX);
    if (n != rule_len) {
        return 1;
    }
    for (hook_i32 i = 0; i < n; i++) {
        if (name[i] != rule[i]) {
            return 1;
        }
    }
    return 0;
}

HOOK(on_custom_header) {
    if (elsewhere()) {
        return HOOK_NOT_APPLICABLE;
    }
    if (hook_set("name", header, header_len) < 0 || (prefix_len > 0 && hook_set("prefix", prefix, prefix_len) < 0) ||
        (refuse && hook_set("refuse_standard", "true", 4) < 0)) {
        return hook_failed("cannot say where the credential is: grant write \"name\", \"prefix\" and \"refuse_standard\"");
    }
    return HOOK_CONTINUE;
}
