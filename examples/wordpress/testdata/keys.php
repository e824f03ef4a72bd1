<?php
/**
 * A stand-in for an application that takes credentials of its own at REST routes, for
 * tests: keys of the form that WooCommerce's documentation describes, and any other
 * scheme of Authorization, which it repeats.
 */

namespace Standin\Keys;

const KEY = 'ck_0123456789abcdef0123456789abcdef01234567';
const SECRET = 'cs_0123456789abcdef0123456789abcdef01234567';

/** Whether the request presents a key, and whether its secret is right. */
function presented(): array
{
    $user = $_SERVER['PHP_AUTH_USER'] ?? '';
    return [strpos($user, 'ck_') === 0, $user === KEY && hash_equals(SECRET, $_SERVER['PHP_AUTH_PW'] ?? '')];
}

add_filter('determine_current_user', function ($user) {
    list($is_key, $is_good) = presented();
    return $is_key && $is_good ? get_user_by('login', 'editor1')->ID : $user;
}, 15);

add_action('rest_api_init', function () {
    register_rest_route('wc/v3', '/orders', [
        'methods' => 'GET, POST',
        'permission_callback' => function () {
            return is_user_logged_in() ?: new \WP_Error('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', ['status' => 401]);
        },
        'callback' => function () {
            return ['user' => wp_get_current_user()->user_login];
        },
    ]);
    register_rest_route('wc/v3', '/heard', [
        'methods' => 'GET',
        'permission_callback' => '__return_true',
        'callback' => function () {
            return [
                'authorization' => $_SERVER['HTTP_AUTHORIZATION'] ?? '',
                'told' => array_filter($_SERVER, function ($name) { return strpos($name, 'HTTP_X_AUTH') === 0; }, ARRAY_FILTER_USE_KEY),
            ];
        },
    ]);
});
