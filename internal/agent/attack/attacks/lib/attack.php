<?php
// What the attacks in PHP have in common. A thing that must be refused and is not, is told as ESCAPED (something of the
// host was had) or REACHED (the host's kernel answered).
error_reporting(E_ERROR);
const EPERM = 1, EACCES = 13, EINVAL = 22, ENOSYS = 38, EPROTONOSUPPORT = 93, EAFNOSUPPORT = 97;
define('X86', php_uname('m') === 'x86_64');
$libc = FFI::cdef('long syscall(long, ...); int *__errno_location(void); int getrlimit(int, long *); int setrlimit(int, long *);');

function call($name, $nr, $args = [], $ok = [])
{
    global $libc;
    $libc->__errno_location()[0] = 0;
    $r = $libc->syscall($nr, ...$args);
    $e = $libc->__errno_location()[0];
    if ($r != -1) echo "REACHED: $name returned $r\n";
    elseif (!in_array($e, [EPERM, ENOSYS, EACCES, EAFNOSUPPORT, ...$ok])) echo "REACHED: $name said ", posix_strerror($e), "\n";
}

function refused($what, $f, $word = 'ESCAPED')
{
    try { $r = $f(); } catch (Exception | ValueError | TypeError) { return; }
    if ($r !== false && $r !== null && $r !== -1 && $r !== '') echo "$word: $what ", substr(var_export($r, true), 0, 200), "\n";
}

/** Asks for one more than a limit allows. */
function raise($limit)
{
    global $libc;
    $l = FFI::new('long[2]');
    $libc->getrlimit($limit, $l);
    if ($l[1] == -1) return;
    $l[1] = $l[1] + 1;
    refused("raise limit $limit", fn() => $libc->setrlimit($limit, $l), 'REACHED');
}

/** What can be read of a file without waiting for it. */
function read($path)
{
    return is_resource($f = fopen($path, 'rn')) ? fread($f, 1 << 20) : false;
}

/** Whether somebody answers. */
function connect($address, $context = null)
{
    $s = stream_socket_client($address, $e, $why, 1, STREAM_CLIENT_CONNECT, $context);
    return $s ? fwrite($s, 'x') : false;
}
