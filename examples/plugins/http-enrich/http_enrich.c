/* http-enrich: what another service knows of a user, as the claim "profile".
 *
 *   url    where it is asked: the user's id is put behind it. Grant http for it.
 *   ttl    seconds that an answer is kept; 300 by default
 *   token  (a secret) sent as a Bearer token
 *
 * A service that does not answer, or answers with anything but 200 and JSON,
 * costs the claim and not the login.
 */
#include "cardea_hook.h"

HOOK_ABI

#define MAX_URL 500
#define MAX_TOKEN 500
#define MAX_SUB 64
#define MAX_PROFILE 2000
#define MAX_ANSWER (MAX_PROFILE + 500) /* with the headers that the host shows */

static char url[MAX_URL];
static hook_i32 url_len, ttl;

HOOK(configure) {
    url_len = hook_config("url", url, MAX_URL);
    ttl = (hook_i32)hook_config_int("ttl", 300);
    if (url_len <= 0 || url_len > MAX_URL) {
        return hook_failed("url is not set, or longer than 500 bytes: say where to ask, such as https://api.example.com/users/");
    }
    if (ttl <= 0) {
        return hook_failed("ttl is a number of seconds over 0");
    }
    return 0;
}

#define LITERAL(text) text, sizeof text - 1

static hook_size append(char *to, hook_size at, const char *text, hook_size n) {
    for (hook_size i = 0; i < n; i++) {
        to[at + i] = text[i];
    }
    return at + n;
}

/* plain reports whether an id can stand in a URL as it is. */
static int plain(const char *sub, hook_i32 n) {
    for (hook_i32 i = 0; i < n; i++) {
        char c = sub[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) {
            return 0;
        }
    }
    return n > 0;
}

/* ask writes the service's answer and returns its length. */
static hook_i32 ask(const char *sub, hook_i32 n, char *answer) {
    char request[16 + MAX_URL + MAX_SUB + 64 + MAX_TOKEN], token[MAX_TOKEN];
    hook_size len = append(request, 0, LITERAL("GET "));
    hook_i32 token_len = hook_secret("token", token, MAX_TOKEN);
    len = append(request, len, url, url_len);
    len = append(request, len, sub, n);
    len = append(request, len, LITERAL("\nAccept: application/json"));
    if (token_len > 0 && token_len <= MAX_TOKEN) {
        len = append(request, len, LITERAL("\nAuthorization: Bearer "));
        len = append(request, len, token, token_len);
    }
    len = append(request, len, LITERAL("\n\n"));
    return hook_v1_http_fetch(request, len, answer, MAX_ANSWER);
}

/* body finds the body of an answer with the status 200, at or below *n bytes. */
static const char *body(const char *answer, hook_i32 *n) {
    if (*n < 5 || *n > MAX_ANSWER || !hook_equal(answer, 4, "200\n")) {
        return 0;
    }
    for (hook_i32 i = 3; i + 1 < *n; i++) {
        if (answer[i] == '\n' && answer[i + 1] == '\n') {
            *n -= i + 2;
            return answer + i + 2;
        }
    }
    return 0;
}

/* key is where the answer about a user is kept. */
static hook_size key(char *to, const char *sub, hook_i32 n) {
    return append(to, append(to, 0, LITERAL("profile:")), sub, n);
}

static hook_i32 fetched(const char *sub, hook_i32 n, char *profile) {
    char answer[MAX_ANSWER], k[8 + MAX_SUB];
    hook_i32 len = ask(sub, n, answer);
    if (len == HOOK_NOT_GRANTED) {
        return HOOK_NOT_GRANTED;
    }
    const char *text = body(answer, &len);
    if (!text || len <= 0 || len > MAX_PROFILE) {
        hook_log(HOOK_WARN, "the service has no profile for a user: no claim");
        return HOOK_ABSENT;
    }
    append(profile, 0, text, len);
    hook_v1_kv_put(k, key(k, sub, n), profile, len, ttl);
    return len;
}

HOOK(on_token_claims) {
    char sub[MAX_SUB], profile[MAX_PROFILE], k[8 + MAX_SUB];
    hook_i32 n = hook_get("user.sub", sub, MAX_SUB);
    if (n > MAX_SUB || !plain(sub, n)) {
        return HOOK_NOT_APPLICABLE;
    }
    hook_i32 len = hook_v1_kv_get(k, key(k, sub, n), profile, MAX_PROFILE);
    if (len < 0 || len > MAX_PROFILE) {
        len = fetched(sub, n, profile);
    }
    if (len == HOOK_NOT_GRANTED) {
        return hook_failed("cannot ask the service: grant http for the url");
    }
    if (len < 0) {
        return HOOK_NOT_APPLICABLE;
    }
    hook_i32 result = hook_v1_set_json(LITERAL("claim.profile"), profile, len);
    if (result == HOOK_BAD_ARGUMENT) {
        hook_log(HOOK_WARN, "the service's answer is no JSON: no claim");
        return HOOK_NOT_APPLICABLE;
    }
    return result < 0 ? hook_failed("cannot set the claim: grant write \"claim.profile\"") : HOOK_CONTINUE;
}
