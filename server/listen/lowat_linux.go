package listen

import (
	"net"
	"syscall"
)

// unsentMost is how many bytes of an answer may wait in the kernel before a write waits,
// which goes on with every half of it. The usual megabytes would hide for minutes whether
// a client reads at all. What is on its way is not bounded by it.
const unsentMost = 16 << 10

// tcpNotsentLowat is TCP_NOTSENT_LOWAT, which package syscall does not name.
const tcpNotsentLowat = 25

// tellProgress has writes wait for the client rather than for room in the kernel. Where
// the kernel or the connection cannot, they are as before.
func tellProgress(c net.Conn) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, unsentMost)
	})
}
