<?php
// Calls verify() of cardea.php outside of WordPress: one JSON case per line of
// standard input, one line out: "ok" or why it was refused. An argument names
// the loader of WordPress's sodium_compat, to be used instead of the extension,
// which many builds of PHP cannot do without.

namespace Cardea {
    if (isset($argv[1])) {
        require $argv[1];
        function sodium_crypto_sign_verify_detached($signature, $message, $key)
        {
            return \ParagonIE_Sodium_Crypto::sign_verify_detached($signature, $message, $key);
        }
    }
}

namespace {
    function add_filter() {}
    function add_action() {}
    require __DIR__ . '/../cardea.php';
    while (($line = fgets(STDIN)) !== false) {
        $case = json_decode($line, true);
        try {
            Cardea\verify($case['token'], $case['site'], $case['request'], $case['now']);
            echo "ok\n";
        } catch (Cardea\Refused $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
