/* audit-log: one line of JSON in the log for each event that an auditor asks for.
 * Which events those are, the operator says by binding it.
 */
#include "cardea_hook.h"

HOOK_ABI

#define MAX_LINE 1500
#define MAX_VALUE 200

static char line[MAX_LINE];
static hook_size len;

static void put(char c) {
    if (len < MAX_LINE) {
        line[len++] = c;
    }
}

static void put_text(const char *text) {
    while (*text) {
        put(*text++);
    }
}

/* put_escaped writes n bytes of a JSON string. What comes from the host is valid
 * UTF-8, so that only quotes, backslashes and controls need care. */
static void put_escaped(const char *text, hook_i32 n) {
    static const char digits[] = "0123456789abcdef";
    for (hook_i32 i = 0; i < n; i++) {
        unsigned char c = text[i];
        if (c < ' ' || c == 0x7f) {
            put_text("\\u00");
            put(digits[c >> 4]);
            put(digits[c & 15]);
            continue;
        }
        if (c == '"' || c == '\\') {
            put('\\');
        }
        put(c);
    }
}

/* member adds a field of the event, if it is there and granted. A value that is
 * too long is marked, not cut: half of a thing may be another thing. */
static void member(const char *name, const char *key) {
    char value[MAX_VALUE];
    hook_i32 n = hook_get(key, value, MAX_VALUE);
    if (n < 0) {
        return;
    }
    put_text(",\"");
    put_text(name);
    put_text("\":\"");
    if (n <= MAX_VALUE) {
        put_escaped(value, n);
    } else {
        put_text("(too long)");
    }
    put('"');
}

static hook_i32 audit(const char *event) {
    len = 0;
    put_text("{\"audit\":\"");
    put_text(event);
    put('"');
    member("at", "at");
    member("user", "user.login");
    member("actor", "actor");
    member("target", "target");
    member("reason", "reason");
    member("peer", "peer");
    member("rule", "rule.name");
    put('}');
    hook_v1_log(HOOK_INFO, line, len);
    return HOOK_CONTINUE;
}

HOOK(on_login_succeeded) { return audit("login-succeeded"); }
HOOK(on_login_failed) { return audit("login-failed"); }
HOOK(on_token_revoked) { return audit("token-revoked"); }
HOOK(on_refresh_reused) { return audit("refresh-reused"); }
HOOK(on_session_ended) { return audit("session-ended"); }
HOOK(on_user_changed) { return audit("user-changed"); }
HOOK(on_user_deleted) { return audit("user-deleted"); }
HOOK(on_apikey_created) { return audit("apikey-created"); }
HOOK(on_apikey_revoked) { return audit("apikey-revoked"); }
HOOK(on_key_rotated) { return audit("key-rotated"); }
HOOK(on_request_denied) { return audit("request-denied"); }
