/* cardea_hook.h - the hook ABI v1 for C, in one header and without a libc.
 *
 *   #include "cardea_hook.h"
 *
 *   HOOK_ABI
 *
 *   HOOK(on_auth_expire) {
 *       return hook_set_int("lifetime", 900) < 0 ? HOOK_NOT_APPLICABLE : HOOK_CONTINUE;
 *   }
 *
 *   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -Wl,-z,stack-size=16384 -o hook.wasm hook.c
 *
 * Keys are string literals; values are copied into buffers that the hook owns.
 * Nothing is ever allocated. Keys and limits: plugins/README.md.
 */
#ifndef CARDEA_HOOK_H
#define CARDEA_HOOK_H

typedef int hook_i32;
typedef long long hook_i64;
typedef __SIZE_TYPE__ hook_size;

/* What a hook returns; below zero it failed, see hook_fail. */
enum {
    HOOK_CONTINUE = 0,      /* keep the changes, go on */
    HOOK_STOP = 1,          /* keep the changes, run no later handler */
    HOOK_REFUSE = 2,        /* keep nothing, refuse with what hook_deny said */
    HOOK_NOT_APPLICABLE = 3 /* keep nothing, go on */
};

/* What a host call returns when it is below zero. */
enum {
    HOOK_ABSENT = -1,
    HOOK_NOT_GRANTED = -2,
    HOOK_BAD_ARGUMENT = -3,
    HOOK_TOO_LARGE = -4,
    HOOK_UNAVAILABLE = -5
};

/* The kinds of refusal, and the levels of log lines. */
enum { HOOK_FORBIDDEN, HOOK_UNAUTHENTICATED, HOOK_MALFORMED, HOOK_THROTTLED };
enum { HOOK_DEBUG, HOOK_INFO, HOOK_WARN, HOOK_ERROR };

#define HOOK_IMPORT(name) __attribute__((import_module("hook_v1"), import_name(#name)))

/* The host calls as they are. */
HOOK_IMPORT(get) hook_i32 hook_v1_get(const char *key, hook_size len, char *buf, hook_size cap);
HOOK_IMPORT(get_i64) hook_i64 hook_v1_get_i64(const char *key, hook_size len, hook_i32 *result);
HOOK_IMPORT(set) hook_i32 hook_v1_set(const char *key, hook_size len, const char *text, hook_size n);
HOOK_IMPORT(set_i64) hook_i32 hook_v1_set_i64(const char *key, hook_size len, hook_i64 n);
HOOK_IMPORT(set_json) hook_i32 hook_v1_set_json(const char *key, hook_size len, const char *json, hook_size n);
HOOK_IMPORT(del) hook_i32 hook_v1_del(const char *key, hook_size len);
HOOK_IMPORT(keys) hook_i32 hook_v1_keys(const char *prefix, hook_size len, char *buf, hook_size cap);
HOOK_IMPORT(deny) void hook_v1_deny(hook_i32 kind, const char *text, hook_size n);
HOOK_IMPORT(fail) void hook_v1_fail(const char *text, hook_size n);
HOOK_IMPORT(log) void hook_v1_log(hook_i32 level, const char *text, hook_size n);
HOOK_IMPORT(log_enabled) hook_i32 hook_v1_log_enabled(hook_i32 level);
HOOK_IMPORT(config_get) hook_i32 hook_v1_config_get(const char *key, hook_size len, char *buf, hook_size cap);
HOOK_IMPORT(now_ms) hook_i64 hook_v1_now_ms(void);
HOOK_IMPORT(get_all) hook_i32 hook_v1_get_all(const char *prefix, hook_size len, char *buf, hook_size cap);
HOOK_IMPORT(random) hook_i32 hook_v1_random(char *buf, hook_size n);
HOOK_IMPORT(metric_add) void hook_v1_metric_add(const char *name, hook_size len, hook_i64 n);

/* These need a grant; a module that imports one without it does not load. */
HOOK_IMPORT(secret_get) hook_i32 hook_v1_secret_get(const char *name, hook_size len, char *buf, hook_size cap);
HOOK_IMPORT(kv_get) hook_i32 hook_v1_kv_get(const char *key, hook_size len, char *buf, hook_size cap);
HOOK_IMPORT(kv_put) hook_i32 hook_v1_kv_put(const char *key, hook_size len, const char *text, hook_size n, hook_i32 seconds);
HOOK_IMPORT(kv_incr) hook_i64 hook_v1_kv_incr(const char *key, hook_size len, hook_i64 by, hook_i32 seconds, hook_i32 *result);
HOOK_IMPORT(http_fetch) hook_i32 hook_v1_http_fetch(const char *request, hook_size len, char *buf, hook_size cap);

/* HOOK_ABI, once in a plugin, says that it speaks this ABI. */
#define HOOK_ABI \
    __attribute__((export_name("hook_abi_v1"))) void hook_abi_v1_marker(void) {}

/* What compilers call on their own, since there is no libc. The linker drops
 * those that nothing needs. */
#define HOOK_LIBC(name) __attribute__((weak, no_builtin(#name)))
HOOK_LIBC(strlen) hook_size strlen(const char *s) {
    hook_size n = 0;
    while (s[n]) {
        n++;
    }
    return n;
}
HOOK_LIBC(memcpy) void *memcpy(void *to, const void *from, hook_size n) {
    for (hook_size i = 0; i < n; i++) {
        ((char *)to)[i] = ((const char *)from)[i];
    }
    return to;
}
HOOK_LIBC(memmove) void *memmove(void *to, const void *from, hook_size n) {
    char *t = to;
    const char *f = from;
    if (t < f) {
        for (hook_size i = 0; i < n; i++) {
            t[i] = f[i];
        }
        return to;
    }
    while (n > 0) {
        n--;
        t[n] = f[n];
    }
    return to;
}
HOOK_LIBC(memset) void *memset(void *to, int c, hook_size n) {
    for (hook_size i = 0; i < n; i++) {
        ((char *)to)[i] = (char)c;
    }
    return to;
}

/* HOOK(on_<point>) begins a hook; HOOK(configure) is run once, before all. */
#define HOOK(name) __attribute__((export_name(#name))) hook_i32 name(void)

static inline hook_size hook_len(const char *s) {
    return __builtin_strlen(s);
}

/* The same with C strings. Readers return the length of the whole value; if it
 * is more than cap, nothing was written. They write no final zero. */
static inline hook_i32 hook_get(const char *key, char *buf, hook_size cap) {
    return hook_v1_get(key, hook_len(key), buf, cap);
}

/* hook_get_int returns the integer, or fallback where there is none. */
static inline hook_i64 hook_get_int(const char *key, hook_i64 fallback) {
    hook_i32 result;
    hook_i64 n = hook_v1_get_i64(key, hook_len(key), &result);
    return result < 0 ? fallback : n;
}

/* hook_true reports whether a field is true. */
static inline int hook_true(const char *key) {
    char text[4];
    return hook_get(key, text, sizeof text) == 4 && text[0] == 't';
}

static inline hook_i32 hook_set(const char *key, const char *text, hook_size n) {
    return hook_v1_set(key, hook_len(key), text, n);
}

static inline hook_i32 hook_set_int(const char *key, hook_i64 n) {
    return hook_v1_set_i64(key, hook_len(key), n);
}

static inline hook_i32 hook_del(const char *key) {
    return hook_v1_del(key, hook_len(key));
}

static inline hook_i32 hook_config(const char *key, char *buf, hook_size cap) {
    return hook_v1_config_get(key, hook_len(key), buf, cap);
}

/* hook_config_int returns a setting that is a whole number, or fallback where
 * there is none. What is no number is fallback, too. */
static inline hook_i64 hook_config_int(const char *key, hook_i64 fallback) {
    char text[20];
    hook_i32 n = hook_config(key, text, sizeof text);
    hook_i32 i = n > 0 && text[0] == '-';
    hook_i64 value = 0;
    if (n <= i || n > (hook_i32)sizeof text - 2) {
        return fallback;
    }
    for (; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return fallback;
        }
        value = value * 10 + (text[i] - '0');
    }
    return text[0] == '-' ? -value : value;
}

/* hook_equal compares n bytes with a string literal. */
static inline int hook_equal(const char *text, hook_i32 n, const char *literal) {
    hook_i32 len = (hook_i32)hook_len(literal);
    if (n != len) {
        return 0;
    }
    for (hook_i32 i = 0; i < len; i++) {
        if (text[i] != literal[i]) {
            return 0;
        }
    }
    return 1;
}

static inline hook_i32 hook_secret(const char *name, char *buf, hook_size cap) {
    return hook_v1_secret_get(name, hook_len(name), buf, cap);
}

/* hook_count adds to a counter that the operator sees. */
static inline void hook_count(const char *name, hook_i64 n) {
    hook_v1_metric_add(name, hook_len(name), n);
}

static inline void hook_log(hook_i32 level, const char *text) {
    hook_v1_log(level, text, hook_len(text));
}

/* return hook_refuse(HOOK_FORBIDDEN, "what the client reads"); */
static inline hook_i32 hook_refuse(hook_i32 kind, const char *text) {
    hook_v1_deny(kind, text, hook_len(text));
    return HOOK_REFUSE;
}

/* return hook_failed("what the log says"); */
static inline hook_i32 hook_failed(const char *text) {
    hook_v1_fail(text, hook_len(text));
    return -1;
}

#endif
