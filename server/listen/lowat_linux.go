package listen

import (
	"net"
	"syscall"
)

// unsentMost is the number of unsent response bytes in the kernel at which a write
// blocks; it continues when half of them are sent. With the usual megabytes it would take
// minutes to see that a client does not read. Data in flight does not count.
const unsentMost = 16 << 10

// tcpNotsentLowat is TCP_NOTSENT_LOWAT, which package syscall does not define.
const tcpNotsentLowat = 25

// tellProgress makes writes block until the client makes progress, instead of until the
// kernel has buffer space. Without support nothing changes.
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
