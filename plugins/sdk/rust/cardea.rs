//! The hook ABI v1 for Rust, in one file: `no_std`, nothing allocated.
//!
//! ```ignore
//! #![no_std]
//! mod cardea;
//! use cardea::{self as hook, Status};
//!
//! hook!(on_auth_expire, {
//!     match hook::set_int("lifetime", 900) {
//!         Ok(()) => Status::CONTINUE,
//!         Err(_) => Status::NOT_APPLICABLE,
//!     }
//! });
//! ```
//!
//! Values are read into buffers that the hook owns. Keys and limits:
//! plugins/README.md.
#![allow(dead_code)]

/// What a hook returns; below zero it failed, see [`fail`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Status(pub i32);

impl Status {
    /// Keep the changes, go on.
    pub const CONTINUE: Status = Status(0);
    /// Keep the changes, run no later handler.
    pub const STOP: Status = Status(1);
    /// Keep nothing, go on.
    pub const NOT_APPLICABLE: Status = Status(3);
}

/// What went wrong in a host call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    Absent,
    NotGranted,
    BadArgument,
    TooLarge,
    Unavailable,
}

/// Which kind of refusal it is.
#[derive(Clone, Copy)]
pub enum Refusal {
    Forbidden = 0,
    Unauthenticated = 1,
    Malformed = 2,
    Throttled = 3,
}

/// The level of a log line.
#[derive(Clone, Copy)]
pub enum Level {
    Debug = 0,
    Info = 1,
    Warn = 2,
    Error = 3,
}

mod host {
    #[link(wasm_import_module = "hook_v1")]
    extern "C" {
        pub fn get(key: *const u8, len: usize, buf: *mut u8, cap: usize) -> i32;
        pub fn get_i64(key: *const u8, len: usize, result: *mut i32) -> i64;
        pub fn set(key: *const u8, len: usize, text: *const u8, n: usize) -> i32;
        pub fn set_i64(key: *const u8, len: usize, n: i64) -> i32;
        pub fn set_json(key: *const u8, len: usize, json: *const u8, n: usize) -> i32;
        pub fn del(key: *const u8, len: usize) -> i32;
        pub fn keys(prefix: *const u8, len: usize, buf: *mut u8, cap: usize) -> i32;
        pub fn deny(kind: i32, text: *const u8, n: usize);
        pub fn fail(text: *const u8, n: usize);
        pub fn log(level: i32, text: *const u8, n: usize);
        pub fn config_get(key: *const u8, len: usize, buf: *mut u8, cap: usize) -> i32;
        pub fn now_ms() -> i64;
        pub fn random(buf: *mut u8, n: usize) -> i32;
        pub fn metric_add(name: *const u8, len: usize, n: i64);
        // These need a grant.
        pub fn secret_get(name: *const u8, len: usize, buf: *mut u8, cap: usize) -> i32;
        pub fn kv_get(key: *const u8, len: usize, buf: *mut u8, cap: usize) -> i32;
        pub fn kv_put(key: *const u8, len: usize, text: *const u8, n: usize, seconds: i32) -> i32;
        pub fn kv_incr(key: *const u8, len: usize, by: i64, seconds: i32, result: *mut i32) -> i64;
        pub fn http_fetch(request: *const u8, len: usize, buf: *mut u8, cap: usize) -> i32;
    }
}

type Reader = unsafe extern "C" fn(*const u8, usize, *mut u8, usize) -> i32;

/// read asks a reader for the whole value; one that does not fit is `TooLarge`.
fn read<'a>(reader: Reader, name: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    let n = unsafe { reader(name.as_ptr(), name.len(), buf.as_mut_ptr(), buf.len()) };
    result(n)?;
    buf.get(..n as usize).ok_or(Error::TooLarge)
}

fn result(code: i32) -> Result<(), Error> {
    match code {
        0.. => Ok(()),
        -1 => Err(Error::Absent),
        -2 => Err(Error::NotGranted),
        -4 => Err(Error::TooLarge),
        -5 => Err(Error::Unavailable),
        _ => Err(Error::BadArgument),
    }
}

/// Reads a field as text: integers in decimal, lists as JSON.
pub fn get<'a>(key: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    read(host::get, key, buf)
}

/// Reads an integer.
pub fn get_int(key: &str) -> Result<i64, Error> {
    let mut code = 0;
    let n = unsafe { host::get_i64(key.as_ptr(), key.len(), &mut code) };
    result(code).map(|()| n)
}

/// Lists the present fields that begin with prefix, each followed by a zero byte.
pub fn keys<'a>(prefix: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    read(host::keys, prefix, buf)
}

/// Changes a field to a text; a key of another type reads the text as that.
pub fn set(key: &str, text: &[u8]) -> Result<(), Error> {
    result(unsafe { host::set(key.as_ptr(), key.len(), text.as_ptr(), text.len()) })
}

/// Changes a field to an integer.
pub fn set_int(key: &str, n: i64) -> Result<(), Error> {
    result(unsafe { host::set_i64(key.as_ptr(), key.len(), n) })
}

/// Changes a field to what a JSON text says.
pub fn set_json(key: &str, json: &[u8]) -> Result<(), Error> {
    result(unsafe { host::set_json(key.as_ptr(), key.len(), json.as_ptr(), json.len()) })
}

/// Removes a field.
pub fn delete(key: &str) -> Result<(), Error> {
    result(unsafe { host::del(key.as_ptr(), key.len()) })
}

/// `return hook::refuse(Refusal::Forbidden, "what the client reads")`
pub fn refuse(kind: Refusal, text: &str) -> Status {
    unsafe { host::deny(kind as i32, text.as_ptr(), text.len()) };
    Status(2)
}

/// `return hook::fail("what the log says")`
pub fn fail(text: &str) -> Status {
    unsafe { host::fail(text.as_ptr(), text.len()) };
    Status(-1)
}

/// Writes a line to Cardea's log.
pub fn log(level: Level, text: &str) {
    unsafe { host::log(level as i32, text.as_ptr(), text.len()) }
}

/// Reads a setting.
pub fn config<'a>(key: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    read(host::config_get, key, buf)
}

/// The host's clock in milliseconds since 1970.
pub fn now_ms() -> i64 {
    unsafe { host::now_ms() }
}

/// Fills buf with random bytes.
pub fn random(buf: &mut [u8]) -> Result<(), Error> {
    result(unsafe { host::random(buf.as_mut_ptr(), buf.len()) })
}

/// Adds to a counter that the operator sees.
pub fn count(name: &str, n: i64) {
    unsafe { host::metric_add(name.as_ptr(), name.len(), n) }
}

/// Reads a secret.
pub fn secret<'a>(name: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    read(host::secret_get, name, buf)
}

/// Reads what the plugin has kept.
pub fn kv_get<'a>(key: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    read(host::kv_get, key, buf)
}

/// Keeps a text for some seconds.
pub fn kv_put(key: &str, text: &[u8], seconds: i32) -> Result<(), Error> {
    result(unsafe { host::kv_put(key.as_ptr(), key.len(), text.as_ptr(), text.len(), seconds) })
}

/// Adds to a number and returns the sum.
pub fn kv_incr(key: &str, by: i64, seconds: i32) -> Result<i64, Error> {
    let mut code = 0;
    let sum = unsafe { host::kv_incr(key.as_ptr(), key.len(), by, seconds, &mut code) };
    result(code).map(|()| sum)
}

/// Sends "METHOD URL\nName: value\n\nbody"; the response has its status in the
/// first line.
pub fn fetch<'a>(request: &str, buf: &'a mut [u8]) -> Result<&'a [u8], Error> {
    read(host::http_fetch, request, buf)
}

/// Says which ABI this is.
#[no_mangle]
pub extern "C" fn hook_abi_v1() {}

/// `hook!(on_<point>, { ... })` is a hook; `hook!(configure, { ... })` runs once.
#[macro_export]
macro_rules! hook {
    ($name:ident, $body:block) => {
        #[no_mangle]
        pub extern "C" fn $name() -> i32 {
            fn body() -> $crate::cardea::Status $body
            body().0
        }
    };
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
