// cardea.ts - the hook ABI v1 for AssemblyScript, in one file.
//
//   import * as hook from "./cardea";
//   export { hook_abi_v1 } from "./cardea";
//
//   export function on_auth_expire(): i32 {
//     return hook.setInt("lifetime", 900) < 0 ? hook.NOT_APPLICABLE : hook.CONTINUE;
//   }
//
// Build with --runtime stub: there is no collector, since the host resets the
// memory after each call. Keys and limits: plugins/README.md.

// What a hook returns; below zero it failed, see fail().
export const CONTINUE: i32 = 0; // keep the changes, go on
export const STOP: i32 = 1; // keep the changes, run no later handler
export const REFUSE: i32 = 2; // keep nothing, refuse with what refuse() said
export const NOT_APPLICABLE: i32 = 3; // keep nothing, go on

// What a host call returns when it is below zero.
export const ABSENT: i32 = -1;
export const NOT_GRANTED: i32 = -2;
export const BAD_ARGUMENT: i32 = -3;
export const TOO_LARGE: i32 = -4;
export const UNAVAILABLE: i32 = -5;

// The kinds of refusal, and the levels of log lines.
export const FORBIDDEN: i32 = 0;
export const UNAUTHENTICATED: i32 = 1;
export const MALFORMED: i32 = 2;
export const THROTTLED: i32 = 3;
export const DEBUG: i32 = 0;
export const INFO: i32 = 1;
export const WARN: i32 = 2;
export const ERROR: i32 = 3;

@external("hook_v1", "get")
declare function hostGet(key: usize, len: usize, buf: usize, cap: usize): i32;
@external("hook_v1", "get_i64")
declare function hostGetInt(key: usize, len: usize, result: usize): i64;
@external("hook_v1", "set")
declare function hostSet(key: usize, len: usize, text: usize, n: usize): i32;
@external("hook_v1", "set_i64")
declare function hostSetInt(key: usize, len: usize, n: i64): i32;
@external("hook_v1", "set_json")
declare function hostSetJSON(key: usize, len: usize, json: usize, n: usize): i32;
@external("hook_v1", "del")
declare function hostDel(key: usize, len: usize): i32;
@external("hook_v1", "keys")
declare function hostKeys(prefix: usize, len: usize, buf: usize, cap: usize): i32;
@external("hook_v1", "deny")
declare function hostDeny(kind: i32, text: usize, n: usize): void;
@external("hook_v1", "fail")
declare function hostFail(text: usize, n: usize): void;
@external("hook_v1", "log")
declare function hostLog(level: i32, text: usize, n: usize): void;
@external("hook_v1", "config_get")
declare function hostConfig(key: usize, len: usize, buf: usize, cap: usize): i32;
@external("hook_v1", "now_ms")
declare function hostNow(): i64;
@external("hook_v1", "metric_add")
declare function hostMetric(name: usize, len: usize, n: i64): void;
// These need a grant.
@external("hook_v1", "secret_get")
declare function hostSecret(name: usize, len: usize, buf: usize, cap: usize): i32;
@external("hook_v1", "kv_get")
declare function hostKVGet(key: usize, len: usize, buf: usize, cap: usize): i32;
@external("hook_v1", "kv_put")
declare function hostKVPut(key: usize, len: usize, text: usize, n: usize, seconds: i32): i32;
@external("hook_v1", "kv_incr")
declare function hostKVIncr(key: usize, len: usize, by: i64, seconds: i32, result: usize): i64;
@external("hook_v1", "http_fetch")
declare function hostFetch(request: usize, len: usize, buf: usize, cap: usize): i32;

// hook_abi_v1 says which ABI this is. Export it from the entry file.
export function hook_abi_v1(): void {}

type Reader = (key: usize, len: usize, buf: usize, cap: usize) => i32;

// FIRST is the buffer that most values fit into.
const FIRST: i32 = 512;

// read asks a reader, again with a larger buffer where that is needed; null is
// absent or not granted.
function read(reader: Reader, name: string): string | null {
  const key = String.UTF8.encode(name);
  let size = FIRST;
  for (let turn = 0; turn < 2; turn++) {
    const buf = new ArrayBuffer(size);
    const n = reader(changetype<usize>(key), key.byteLength, changetype<usize>(buf), size);
    if (n < 0) return null;
    if (n <= size) return String.UTF8.decodeUnsafe(changetype<usize>(buf), n);
    size = n;
  }
  return null;
}

// get returns a field as text, integers in decimal, lists as JSON.
export function get(key: string): string | null {
  return read((k, l, b, c) => hostGet(k, l, b, c), key);
}

// getInt returns an integer, or fallback where there is none.
export function getInt(key: string, fallback: i64): i64 {
  const k = String.UTF8.encode(key);
  const result = new ArrayBuffer(4);
  const n = hostGetInt(changetype<usize>(k), k.byteLength, changetype<usize>(result));
  return load<i32>(changetype<usize>(result)) < 0 ? fallback : n;
}

// keys lists the present fields that begin with prefix.
export function keys(prefix: string): string[] {
  const all = read((k, l, b, c) => hostKeys(k, l, b, c), prefix);
  if (all === null || all.length == 0) return [];
  const list = all.split("\0");
  list.pop(); // each key is followed by a zero
  return list;
}

// Setters return 0, or what went wrong.
export function set(key: string, text: string): i32 {
  const k = String.UTF8.encode(key);
  const t = String.UTF8.encode(text);
  return hostSet(changetype<usize>(k), k.byteLength, changetype<usize>(t), t.byteLength);
}

export function setInt(key: string, n: i64): i32 {
  const k = String.UTF8.encode(key);
  return hostSetInt(changetype<usize>(k), k.byteLength, n);
}

export function setJSON(key: string, json: string): i32 {
  const k = String.UTF8.encode(key);
  const t = String.UTF8.encode(json);
  return hostSetJSON(changetype<usize>(k), k.byteLength, changetype<usize>(t), t.byteLength);
}

export function del(key: string): i32 {
  const k = String.UTF8.encode(key);
  return hostDel(changetype<usize>(k), k.byteLength);
}

// return hook.refuse(hook.FORBIDDEN, "what the client reads");
export function refuse(kind: i32, text: string): i32 {
  const t = String.UTF8.encode(text);
  hostDeny(kind, changetype<usize>(t), t.byteLength);
  return REFUSE;
}

// return hook.fail("what the log says");
export function fail(text: string): i32 {
  const t = String.UTF8.encode(text);
  hostFail(changetype<usize>(t), t.byteLength);
  return -1;
}

export function log(level: i32, text: string): void {
  const t = String.UTF8.encode(text);
  hostLog(level, changetype<usize>(t), t.byteLength);
}

// config returns a setting; null if it is not set.
export function config(key: string): string | null {
  return read((k, l, b, c) => hostConfig(k, l, b, c), key);
}

export function nowMS(): i64 {
  return hostNow();
}

// count adds to a counter that the operator sees.
export function count(name: string, n: i64): void {
  const k = String.UTF8.encode(name);
  hostMetric(changetype<usize>(k), k.byteLength, n);
}

export function secret(name: string): string | null {
  return read((k, l, b, c) => hostSecret(k, l, b, c), name);
}

export function kvGet(key: string): string | null {
  return read((k, l, b, c) => hostKVGet(k, l, b, c), key);
}

export function kvPut(key: string, text: string, seconds: i32): i32 {
  const k = String.UTF8.encode(key);
  const t = String.UTF8.encode(text);
  return hostKVPut(changetype<usize>(k), k.byteLength, changetype<usize>(t), t.byteLength, seconds);
}

// kvIncr adds and returns the sum; below zero results leave fallback.
export function kvIncr(key: string, by: i64, seconds: i32, fallback: i64): i64 {
  const k = String.UTF8.encode(key);
  const result = new ArrayBuffer(4);
  const sum = hostKVIncr(changetype<usize>(k), k.byteLength, by, seconds, changetype<usize>(result));
  return load<i32>(changetype<usize>(result)) < 0 ? fallback : sum;
}

// fetch sends "METHOD URL\nName: value\n\nbody" and returns the response in the
// same form, its status in the first line; null if there is none.
export function fetch(request: string): string | null {
  return read((k, l, b, c) => hostFetch(k, l, b, c), request);
}
