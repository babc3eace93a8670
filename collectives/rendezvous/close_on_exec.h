// Sockets that programs which a process starts do not inherit.
#pragma once

#include <fcntl.h>

namespace assay::rendezvous {

/// Asio opens sockets without SOCK_CLOEXEC: a child that outlives its rank would keep the
/// connection open, and nobody would hear that the rank was lost.
template <class Socket>
void close_on_exec(Socket& socket) {
  fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

}  // namespace assay::rendezvous
