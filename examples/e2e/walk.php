<?php
// Log in, check the token, write a post, ask who I am: with WordPress's own HTTP
// functions, as a plugin on another WordPress would.
//
//   SITE=https://shop.example.org LOGIN=edna PASSWORD=... wp eval-file walk.php

$api = getenv('SITE') . '/wp-json';

// The decoded answer, or an exception that says what went wrong.
$read = function ($answer) {
    if (is_wp_error($answer)) {
        throw new Exception($answer->get_error_message());
    }
    $json = json_decode(wp_remote_retrieve_body($answer), true);
    if (wp_remote_retrieve_response_code($answer) >= 400) {
        throw new Exception("$json[code]: $json[message]");
    }
    return $json;
};
$headers = ['Content-Type' => 'application/json'];

$login = $read(wp_remote_post("$api/jwt-auth/v1/token", [
    'headers' => $headers,
    'body' => wp_json_encode(['username' => getenv('LOGIN'), 'password' => getenv('PASSWORD')]),
]));
echo "token for $login[user_email]\n";

$headers['Authorization'] = "Bearer $login[token]";

$validate = $read(wp_remote_post("$api/jwt-auth/v1/token/validate", ['headers' => $headers]));
echo "validate: $validate[code]\n";

$post = wp_remote_post("$api/wp/v2/posts", [
    'headers' => $headers,
    'body' => wp_json_encode(['title' => 'Written with wp_remote_post', 'status' => 'publish']),
]);
$read($post);
echo 'post: ', wp_remote_retrieve_response_code($post), "\n";

$me = $read(wp_remote_get("$api/wp/v2/users/me", ['headers' => $headers]));
echo "me: $me[name]\n";
