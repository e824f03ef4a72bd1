<?php
wp_install('Example', 'admin', 'admin@example.test', true, '', 'admin-pass-123');
update_option('permalink_structure', '/%postname%/');
foreach ([['editor1', 'editor', 'Edna', 'Editor'], ['author1', 'author', '', ''], ['sub1', 'subscriber', 'Sue', 'Scriber']] as [$login, $role, $first, $last]) {
    $id = wp_insert_user([
        'user_login' => $login, 'user_pass' => "$login-pass", 'user_email' => "$login@example.test",
        'role' => $role, 'first_name' => $first, 'last_name' => $last,
    ]);
    if (is_wp_error($id)) {
        throw new Exception($id->get_error_message());
    }
}
