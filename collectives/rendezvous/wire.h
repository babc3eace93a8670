// The rendezvous wire format: handshake, authenticated frames, requests.
//
// Handshake (all integers big-endian):
//   client  Hello      magic 8 · rank 4 · world size 4 · client nonce 16; the rank's highest bit is
//                      set by who speaks for a rank that is lost
//   server  Challenge  server nonce 16 · HMAC(token, "server" Hello nonce) 32
//   client  Proof      HMAC(token, "client" Hello nonce) 32
// Then both sides send frames under keys that are derived from both nonces for this connection:
//   length 4 (of what follows) · sequence 8 · body · HMAC(key, length sequence body) 32
// A frame replayed, reordered, reflected or taken from another connection has a wrong tag.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace assay::rendezvous {

inline constexpr std::size_t kTagBytes = 32;
inline constexpr std::size_t kNonceBytes = 16;
inline constexpr std::size_t kHelloBytes = 8 + 4 + 4 + kNonceBytes;
inline constexpr std::size_t kChallengeBytes = kNonceBytes + kTagBytes;
inline constexpr std::size_t kProofBytes = kTagBytes;
inline constexpr std::size_t kMaxBodyBytes = std::size_t{64} << 20;  // a node's result document

/// Bytes that violate the protocol; their connection is closed.
struct WireError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Hello {
  std::uint32_t rank = 0;
  std::uint32_t world_size = 0;
  std::string nonce;         // kNonceBytes
  bool is_for_lost = false;  // from the supervisor of a rank that is lost
};
std::string encode(const Hello& hello);
Hello decode_hello(std::string_view bytes);

/// Random bytes from the kernel; throws Error when it has none.
std::string random_nonce();

std::string challenge_tag(std::string_view token, std::string_view hello, std::string_view nonce);
std::string proof_tag(std::string_view token, std::string_view hello, std::string_view nonce);

/// One direction of one connection: authenticates frames that are sent, or checks those received.
class FrameKey {
 public:
  enum class Direction { to_server, to_client };
  FrameKey(std::string_view token, std::string_view hello, std::string_view nonce,
           Direction direction);

  std::string seal(std::string_view body);
  /// `frame` is a whole frame, its length included. Throws WireError for a wrong tag or sequence.
  std::string open(std::string_view frame);

 private:
  std::string key_;
  std::uint64_t next_ = 0;
};

/// Splits a stream of bytes into whole frames, still sealed.
class FrameSplitter {
 public:
  void feed(std::string_view bytes) { pending_.append(bytes); }
  /// Throws WireError for a length that no frame can have.
  std::optional<std::string> next();

 private:
  std::string pending_;
};

enum class Operation : std::uint8_t { set = 1, get, barrier, gather, abort, leave, roll_call };

/// `name` is that of a key, barrier or gather. `value` is the value to set or gather, or the reason
/// of an abort.
struct Request {
  Operation operation = Operation::set;
  std::uint32_t deadline_ms = 0;
  std::string name;
  std::string value;
};
std::string encode(const Request& request);
Request decode_request(std::string_view body);

/// `text` is the requested value, or one line that says which ranks are missing and why.
struct Response {
  bool ok = false;
  std::string text;
};
std::string encode(const Response& response);
Response decode_response(std::string_view body);

/// A list of strings as one value: rank 0's answer to a gather.
std::string encode_list(const std::vector<std::string>& values);
std::vector<std::string> decode_list(std::string_view bytes);

}  // namespace assay::rendezvous
