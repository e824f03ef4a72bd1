<?php
/**
 * A stand-in for "JWT Authentication for WP REST API", for tests: it issues and
 * accepts tokens of the layout that the plugin documents, and nothing else of it.
 * The secret is JWT_AUTH_SECRET_KEY, as with the plugin.
 */

namespace Standin;

function encode(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function decode(string $text): string
{
    return (string) base64_decode(strtr($text, '-_', '+/'), true);
}

function mac(string $text): string
{
    return hash_hmac('sha256', $text, JWT_AUTH_SECRET_KEY, true);
}

function issue(int $user): string
{
    $now = time();
    $text = encode(wp_json_encode(['typ' => 'JWT', 'alg' => 'HS256'])) . '.' . encode(wp_json_encode([
        'iss' => get_bloginfo('url'), 'iat' => $now, 'nbf' => $now, 'exp' => $now + WEEK_IN_SECONDS,
        'data' => ['user' => ['id' => (string) $user]],
    ], JSON_UNESCAPED_SLASHES));
    return $text . '.' . encode(mac($text));
}

/** The user's id, or why the token is not good. */
function accept(string $token)
{
    $parts = explode('.', $token);
    if (count($parts) !== 3 || !hash_equals(mac("$parts[0].$parts[1]"), decode($parts[2]))) {
        return 'Signature verification failed';
    }
    $header = json_decode(decode($parts[0]));
    $claims = json_decode(decode($parts[1]));
    if (($header->alg ?? '') !== 'HS256' || ($header->typ ?? '') !== 'JWT') {
        return 'Algorithm not supported';
    }
    if ($claims->iss !== get_bloginfo('url')) {
        return 'The iss do not match with this server';
    }
    if ($claims->nbf > time() || $claims->iat > time() || $claims->exp <= time()) {
        return 'Expired token';
    }
    return isset($claims->data->user->id) ? (int) $claims->data->user->id : 'User ID not found in the token';
}

/** What the request's Authorization header comes to; null without one. */
function verdict()
{
    $header = $_SERVER['HTTP_AUTHORIZATION'] ?? '';
    return sscanf($header, 'Bearer %s', $token) === 1 ? accept($token) : null;
}

add_filter('determine_current_user', function ($user) {
    return is_int(verdict()) ? verdict() : $user;
});

add_filter('rest_pre_dispatch', function ($answer) {
    return is_string(verdict()) ? new \WP_Error('jwt_auth_invalid_token', verdict(), ['status' => 403]) : $answer;
});
