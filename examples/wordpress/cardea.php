<?php
/**
 * Plugin Name: Cardea
 * Description: Trusts the identity that the Cardea gateway asserts. Copy this one file to wp-content/mu-plugins/.
 * Version: 1.3.0
 * Requires at least: 5.6
 * Requires PHP: 7.2
 * License: GPL-2.0-or-later
 *
 * In wp-config.php, above the line "That's all, stop editing":
 *
 *   define('CARDEA_ISSUER', 'https://gate.example.org');    // what the gateway calls itself
 *   define('CARDEA_KEYS', ['key-1' => 'base64url of 32 bytes']); // two while keys are rotated
 *   define('CARDEA_REQUIRE', true);   // optional: refuse REST calls past the gateway
 *   define('CARDEA_AUDIENCE', '...'); // optional: default the site's home URL
 *
 * README.md beside this file holds the exact form of the assertion.
 */

namespace Cardea;

if (!function_exists('add_filter')) {
    exit; // asked for directly, without WordPress
}

/** Why an assertion is refused. The text is for the site's log and its client. */
class Refused extends \Exception
{
}

const LEEWAY = 5;         // seconds that two clocks may differ
const LONGEST_LIFE = 60;  // seconds; the gateway gives 30
const LONGEST_TEXT = 4096;

/** Strict base64url: one text for one value. */
function decode(string $text): string
{
    $bytes = base64_decode(strtr($text, '-_', '+/'), true);
    if ($bytes === false || rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=') !== $text) {
        throw new Refused('the assertion is not base64url');
    }
    return $bytes;
}

/** A JSON object as an array. */
function decode_object(string $text): array
{
    $json = decode($text);
    $value = json_decode($json, true, 4);
    if (!is_array($value) || substr($json, 0, 1) !== '{') {
        throw new Refused('a part of the assertion is not a JSON object');
    }
    return $value;
}

/** The claim, if it is there with that type; refused if it has another. */
function claim(array $claims, string $name, string $type, bool $needed = true)
{
    $value = $claims[$name] ?? null;
    if ($value === null && !$needed) {
        return null;
    }
    if (gettype($value) !== $type || $value === '') {
        throw new Refused("the claim $name is missing or of a wrong type");
    }
    return $value;
}

/**
 * Checks the signature and returns the claims.
 *
 * @param array $keys kid => base64url of an Ed25519 public key
 */
function open(string $token, array $keys): array
{
    $parts = explode('.', $token);
    if (strlen($token) > LONGEST_TEXT || count($parts) !== 3) {
        throw new Refused('the assertion is not a compact JWS');
    }
    $header = decode_object($parts[0]);
    // The algorithm is ours to say, not the token's; an access token is no assertion.
    if (($header['alg'] ?? '') !== 'EdDSA' || ($header['typ'] ?? '') !== 'cardea-assertion+jwt') {
        throw new Refused('the header of the assertion is not alg EdDSA, typ cardea-assertion+jwt');
    }
    if (isset($header['crit']) && ($header['crit'] !== ['narrowed'] || ($header['narrowed'] ?? null) !== true)) {
        throw new Refused('the header of the assertion has a crit that this version does not know: update cardea.php');
    }
    $kid = claim($header, 'kid', 'string');
    if (!isset($keys[$kid]) || !is_string($keys[$kid])) {
        throw new Refused('the assertion is signed with a key that CARDEA_KEYS does not name');
    }
    $key = decode($keys[$kid]);
    $signature = decode($parts[2]);
    if (strlen($key) !== 32 || strlen($signature) !== 64
        || !sodium_crypto_sign_verify_detached($signature, $parts[0] . '.' . $parts[1], $key)) {
        throw new Refused('the signature of the assertion does not verify');
    }
    $claims = decode_object($parts[1]);
    $claims['narrowed'] = isset($header['crit']);
    return $claims;
}

/**
 * Checks an assertion against the request that carries it, and returns its claims.
 *
 * @param array $site    issuer, audience, keys
 * @param array $request method, path, query, names_route
 */
function verify(string $token, array $site, array $request, int $now): array
{
    $claims = open($token, $site['keys']);
    foreach (['iss' => $site['issuer'], 'aud' => $site['audience'], 'htm' => $request['method'], 'htu' => $request['path']] as $name => $want) {
        if (!hash_equals((string) $want, claim($claims, $name, 'string'))) {
            throw new Refused("the claim $name of the assertion is not this request's");
        }
    }
    $query = claim($claims, 'htq', 'string', $request['names_route']);
    $digest = rtrim(strtr(base64_encode(hash('sha256', $request['query'], true)), '+/', '-_'), '=');
    if ($query !== null && !hash_equals($digest, $query)) {
        throw new Refused("the claim htq of the assertion is not this request's");
    }
    $issued = claim($claims, 'iat', 'integer');
    $expires = claim($claims, 'exp', 'integer');
    if ($issued > $now + LEEWAY || $expires <= $now - LEEWAY || $expires <= $issued || $expires - $issued > LONGEST_LIFE) {
        throw new Refused('the assertion is not valid now: compare the clocks of gateway and site');
    }
    claim($claims, 'jti', 'string');
    claim($claims, 'login', 'string', false);
    claim($claims, 'wp_id', 'integer', false);
    claim($claims, 'app', 'string', false);
    claim($claims, 'rest', 'array', false);
    $roles = claim($claims, 'roles', 'array', $claims['narrowed']);
    if ($roles !== null && $roles !== array_filter($roles, 'is_string')) {
        throw new Refused('the claim roles is missing or of a wrong type');
    }
    return $claims;
}

/** What of the request an assertion is bound to, as WordPress is going to read it. */
function request(): array
{
    list($path, $query) = array_pad(explode('?', $_SERVER['REQUEST_URI'] ?? '', 2), 2, '');
    $method = $_SERVER['REQUEST_METHOD'] ?? '';
    // The REST server takes another method from here, in this order.
    $other = $_GET['_method'] ?? $_SERVER['HTTP_X_HTTP_METHOD_OVERRIDE'] ?? $method;
    return [
        'method' => strtoupper(is_string($other) ? $other : ''),
        'path' => $path,
        'query' => $query,
        'names_route' => isset($_GET['rest_route']),
    ];
}

/** The REST route that WordPress has found, as the gateway names it; "page" if there is none. */
function found(): string
{
    $route = $GLOBALS['wp']->query_vars['rest_route'] ?? '';
    if (!is_string($route)) {
        return '';
    }
    if ($route === '' || $route === '0') {
        return 'page';
    }
    $route = untrailingslashit($route);
    return $route === '' ? '/' : $route;
}

/** Refuses a request in which WordPress has found something else than the gateway decided on. */
function decided(string $found)
{
    $v = verdict();
    if (!$v['present'] || !isset($v['claims']['rest'])) { // an older gateway's
        return;
    }
    foreach ($v['claims']['rest'] as $name) {
        if (is_string($name) && strcasecmp(rawurldecode($found), rawurldecode($name)) === 0) {
            return;
        }
    }
    error_log('cardea: the site found ' . $found . ' in a request that was decided on as ' . implode(', ', array_filter($v['claims']['rest'], 'is_string')));
    refuse('cardea_bad_assertion', 'the claim rest of the assertion is not what this request is to the site');
}

/** The user whom good claims name; null if they name nobody. */
function user_of(array $claims)
{
    if (!isset($claims['wp_id']) && !isset($claims['login'])) {
        return null;
    }
    $user = isset($claims['wp_id']) ? get_user_by('id', $claims['wp_id']) : get_user_by('login', $claims['login']);
    if (!$user || (isset($claims['login']) && strcasecmp($user->user_login, $claims['login']) !== 0)) {
        throw new Refused('the assertion names a user that this site does not have');
    }
    return $user;
}

/** The application password that the gateway has checked in the place of WordPress; null if it was none. */
function application_of(array $claims, $user)
{
    if (!$user || !isset($claims['app'])) {
        return null;
    }
    $item = \WP_Application_Passwords::get_user_application_password($user->ID, $claims['app']);
    if (!$item) {
        throw new Refused('the assertion names an application password that its user does not have');
    }
    return $item;
}

/** The roles that the assertion leaves to its user, null for all that the user may. */
function roles_left(array $claims, $user)
{
    return $user && $claims['narrowed'] ? array_values(array_intersect($user->roles, $claims['roles'])) : null;
}

/** The roles left to this user, null if nothing was taken away. */
function left(int $user_id)
{
    $v = verdict();
    return $v['user'] && $v['user']->ID === $user_id ? $v['roles'] : null;
}

/** What these roles grant, as capability => true. */
function granted(array $roles): array
{
    $all = [];
    foreach ($roles as $name) {
        $role = get_role($name);
        $all += [$name => true] + ($role ? array_filter($role->capabilities) : []);
    }
    // Where a site gives scopes a meaning, this filter takes away what they do not cover.
    return apply_filters('cardea_capabilities', $all, verdict()['claims']);
}

/**
 * The verdict on the request, reached once: present, error, user, claims, the roles
 * left to the user, and the user's application password.
 */
function verdict(): array
{
    static $verdict = null;
    if ($verdict !== null) {
        return $verdict;
    }
    $token = $_SERVER['HTTP_X_CARDEA_ASSERTION'] ?? null;
    $verdict = ['present' => $token !== null, 'error' => null, 'user' => null, 'claims' => [], 'roles' => null, 'application' => null];
    if ($token === null) {
        return $verdict;
    }
    try {
        if (missing()) {
            throw new Refused('the site does not know the gateway: ' . implode(', ', missing()) . ' missing in wp-config.php');
        }
        if (isset($_POST['rest_route'])) { // would name another route than the one that was decided on
            throw new Refused('rest_route must not stand in the body');
        }
        $audience = defined('CARDEA_AUDIENCE') ? CARDEA_AUDIENCE : untrailingslashit(home_url());
        $site = ['issuer' => CARDEA_ISSUER, 'audience' => $audience, 'keys' => CARDEA_KEYS];
        $verdict['claims'] = verify($token, $site, request(), time());
        once($verdict['claims']);
        $user = user_of($verdict['claims']);
        $verdict['roles'] = roles_left($verdict['claims'], $user);
        if ($verdict['roles'] !== null && is_multisite()) { // who is one may everything, whatever the role
            $GLOBALS['super_admins'] = array_values(array_diff(get_super_admins(), [$user->user_login]));
        }
        $verdict['application'] = application_of($verdict['claims'], $user);
        $verdict['user'] = $user;
    } catch (\Throwable $e) { // whatever went wrong: nobody passes
        $verdict['error'] = $e instanceof Refused ? $e->getMessage() : 'the assertion could not be checked';
        error_log('cardea: ' . $e->getMessage());
    }
    return $verdict;
}

/** Refuses an assertion that was used before, where an object cache can remember it. */
function once(array $claims)
{
    if (wp_using_ext_object_cache() && !wp_cache_add($claims['jti'], 1, 'cardea', LONGEST_LIFE + LEEWAY)) {
        throw new Refused('the assertion was used before');
    }
}

/** The constants that wp-config.php lacks. */
function missing(): array
{
    $names = [];
    if (!defined('CARDEA_ISSUER') || !is_string(CARDEA_ISSUER) || CARDEA_ISSUER === '') {
        $names[] = 'CARDEA_ISSUER';
    }
    if (!defined('CARDEA_KEYS') || !is_array(CARDEA_KEYS) || !CARDEA_KEYS) {
        $names[] = 'CARDEA_KEYS';
    }
    return $names;
}

function required(): bool
{
    return defined('CARDEA_REQUIRE') && CARDEA_REQUIRE;
}

/** Ends the request in the form that REST clients read. */
function refuse(string $code, string $message)
{
    nocache_headers();
    wp_send_json(['code' => $code, 'message' => $message, 'data' => ['status' => 401]], 401);
}

// After WordPress's cookies (10, 20) and application passwords (20): the gateway
// has the last word. A bad assertion is nobody, whatever cookie came along.
add_filter('determine_current_user', function ($user_id) {
    $v = verdict();
    if ($v['error'] !== null) {
        return 0;
    }
    return $v['user'] ? $v['user']->ID : $user_id;
}, 30);

// A narrowed user may what the roles left to them grant, whatever else adds to it.
add_filter('user_has_cap', function ($all, $caps, $args, $user) {
    $left = left((int) $user->ID);
    return $left === null ? $all : array_intersect_key($all, granted($left));
}, PHP_INT_MAX, 4);

// Plugins that read the lists themselves. What is stored of the user stays.
add_action('set_current_user', function () {
    $user = $GLOBALS['current_user'];
    $left = $user instanceof \WP_User ? left((int) $user->ID) : null;
    if ($left !== null) {
        $user->roles = $left;
        $user->allcaps = array_intersect_key($user->allcaps, granted($left));
    }
}, 0);

// WordPress lets everybody change their own account. A new password, or application
// password, would be a credential that is not narrowed.
add_filter('map_meta_cap', function ($caps, $cap, $user_id, $args) {
    $own = $cap === 'edit_user' && isset($args[0]) && (int) $args[0] === (int) $user_id;
    if ($own && left((int) $user_id) !== null) {
        $caps[] = 'edit_users';
    }
    return $caps;
}, PHP_INT_MAX, 4);

// Every way to call WordPress passes here: REST, ?rest_route=, GraphQL, admin-ajax.
add_action('init', function () {
    $v = verdict();
    if ($v['error'] !== null) {
        refuse('cardea_bad_assertion', $v['error']);
    }
    if (!$v['present'] && required() && function_exists('is_graphql_http_request') && is_graphql_http_request()) {
        refuse('cardea_required', 'This site answers through its gateway only.');
    }
    if (is_admin() || ($GLOBALS['pagenow'] ?? 'index.php') !== 'index.php') {
        decided('page'); // another script than the one that finds routes
    }
    if ($v['user']) {
        nocache_headers(); // no cache may keep what one user saw
        if ($v['application']) { // as WordPress does where it checks the password itself
            \WP_Application_Passwords::record_application_password_usage($v['user']->ID, $v['application']['uuid']);
            do_action('application_password_did_authenticate', $v['user'], $v['application']);
        }
        do_action('cardea_authenticated', $v['user'], $v['claims']);
    }
}, 0);

// What is a REST route ends before this (10).
add_action('parse_request', function () {
    decided('page');
}, PHP_INT_MAX);

// Before the check of the cookie's nonce (100), which asks for none when this is true.
add_filter('rest_authentication_errors', function ($errors) {
    $v = verdict();
    decided(found());
    if (!$v['present'] && required()) {
        return new \WP_Error('cardea_required', 'This site answers through its gateway only.', ['status' => 401]);
    }
    return $v['user'] ? true : $errors;
}, 5);

add_action('admin_notices', function () {
    if (missing() && current_user_can('manage_options')) {
        printf(
            '<div class="notice notice-error"><p>Cardea: %s missing in wp-config.php. Until then every request with an assertion is refused.</p></div>',
            esc_html(implode(', ', missing()))
        );
    }
});
