<?php
// Says what WordPress finds in requests, one JSON object a line of standard input:
// the REST route and the method that its own code comes to.

$_SERVER['HTTP_HOST'] = 'site.example';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';
require __DIR__ . '/wp-load.php';

$home = '';
add_filter('home_url', function ($url, $path) use (&$home) {
    return "http://site.example$home" . ($path ? '/' . ltrim($path, '/') : '');
}, 10, 2);
remove_action('parse_request', 'rest_api_loaded'); // would answer, and end

/** As PHP hands an HTTP request to a script. */
function receive(array $q)
{
    $parts = explode('?', $q['target'], 2);
    $_SERVER['REQUEST_URI'] = $q['target'];
    $_SERVER['REQUEST_METHOD'] = $q['method'];
    $_SERVER['SCRIPT_NAME'] = $q['script'];
    $_SERVER['PHP_SELF'] = $q['script'] . $q['info'];
    unset($_SERVER['PATH_INFO']);
    if ($q['info'] !== '') {
        $_SERVER['PATH_INFO'] = $q['info'];
    }
    $_POST = [];
    parse_str($parts[1] ?? '', $_GET);
}

$fresh = $GLOBALS['wp'];
while (($line = fgets(STDIN)) !== false) {
    $q = json_decode($line, true);
    $home = $q['home'];
    receive($q);
    $GLOBALS['wp'] = clone $fresh;
    $GLOBALS['wp']->parse_request();
    $route = $GLOBALS['wp']->query_vars['rest_route'] ?? '';
    $method = $_SERVER['REQUEST_METHOD'];
    if (empty($route)) {
        $found = ['Route' => 'page', 'Method' => $method];
    } else {
        // As rest_api_loaded() and WP_REST_Server::serve_request() go on.
        $request = new WP_REST_Request($method, '/');
        if (isset($_GET['_method'])) {
            $request->set_method(is_string($_GET['_method']) ? $_GET['_method'] : 'a list');
        }
        $route = is_string($route) ? (untrailingslashit($route) ?: '/') : 'a list';
        $found = ['Route' => $route, 'Method' => $request->get_method()];
    }
    echo json_encode($found, JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
