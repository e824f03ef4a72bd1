/* tenant-claims: the tenant of a user, by the domain of the e-mail address.
 *
 *   domain.<name>  the tenant of a domain, as in "domain.example.com": "acme"
 *   default        the tenant of all others; without it they get no claim
 */
#include "cardea_hook.h"

HOOK_ABI

#define PREFIX "domain."
#define PREFIX_LEN (sizeof PREFIX - 1)
#define MAX_EMAIL 200
#define MAX_TENANT 64

/* tenant_of writes the tenant of an address; below zero there is none. */
static hook_i32 tenant_of(const char *email, hook_i32 n, char *tenant) {
    char key[PREFIX_LEN + MAX_EMAIL] = PREFIX;
    hook_size len = PREFIX_LEN;
    hook_i32 at = n - 1;
    while (at >= 0 && email[at] != '@') {
        at--;
    }
    for (hook_i32 i = at + 1; i < n; i++) {
        char c = email[i];
        key[len++] = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    }
    return at < 0 ? HOOK_ABSENT : hook_v1_config_get(key, len, tenant, MAX_TENANT);
}

HOOK(on_token_claims) {
    char email[MAX_EMAIL], tenant[MAX_TENANT];
    hook_i32 n = hook_get("user.email", email, MAX_EMAIL);
    hook_i32 len = n > 0 && n <= MAX_EMAIL ? tenant_of(email, n, tenant) : HOOK_ABSENT;
    if (len < 0) {
        len = hook_config("default", tenant, MAX_TENANT);
    }
    if (len <= 0) {
        return HOOK_NOT_APPLICABLE;
    }
    if (len > MAX_TENANT) {
        return hook_failed("a tenant may have 64 bytes: shorten it in the configuration");
    }
    if (hook_set("claim.tenant", tenant, len) < 0) {
        return hook_failed("cannot set the claim: grant write \"claim.tenant\"");
    }
    return HOOK_CONTINUE;
}
