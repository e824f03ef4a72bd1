<?php
// Reads tokens as the plugins do, with nothing of theirs and nothing of ours: one
// {"token","secret"} per line of standard input; one line out, the header as it was
// written and the claims' names with their types in order, without those that
// Cardea adds; or why the token is not good.

function shape($object)
{
    $list = [];
    foreach ($object as $name => $value) {
        if (!in_array($name, ['jti', 'sid', 'gen'], true)) {
            $list[] = $name . ':' . (is_object($value) ? shape($value) : gettype($value));
        }
    }
    return '{' . implode(' ', $list) . '}';
}

while (($line = fgets(STDIN)) !== false) {
    $case = json_decode($line);
    list($header, $claims, $signature) = explode('.', $case->token);
    $bytes = function ($text) {
        return base64_decode(strtr($text, '-_', '+/'), true);
    };
    if (!hash_equals(hash_hmac('sha256', "$header.$claims", $case->secret, true), (string) $bytes($signature))) {
        echo "the signature is another\n";
        continue;
    }
    echo $bytes($header), ' ', shape(json_decode($bytes($claims))), "\n";
}
