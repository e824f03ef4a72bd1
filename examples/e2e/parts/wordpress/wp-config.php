<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wp');
define('DB_PASSWORD', 'wp-db-pass');
define('DB_HOST', '%DB_HOST%');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('AUTH_KEY', 'k1');
define('SECURE_AUTH_KEY', 'k2');
define('LOGGED_IN_KEY', 'k3');
define('NONCE_KEY', 'k4');
define('AUTH_SALT', 's1');
define('SECURE_AUTH_SALT', 's2');
define('LOGGED_IN_SALT', 's3');
define('NONCE_SALT', 's4');
/*CONFIG*/
// What a test has defined above stays: a site behind a gateway has its address.
defined('WP_HOME') || define('WP_HOME', '%URL%');
defined('WP_SITEURL') || define('WP_SITEURL', '%URL%');
// Application passwords are for HTTPS, except on a machine for development.
define('WP_ENVIRONMENT_TYPE', 'local');
// No test sends anything off the loopback.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
