// The rendezvous protocol's bytes: see wire.h for the layout.
#include "collectives/rendezvous/wire.h"

#include <sys/random.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace assay::rendezvous {

namespace {

constexpr std::string_view kMagic = "ASSAYRV1";
constexpr std::uint32_t kForLost = std::uint32_t{1} << 31;
constexpr std::size_t kSequenceBytes = 8;

template <class Integer>
void put(std::string& out, Integer value) {
  for (int shift = 8 * (int{sizeof(Integer)} - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((value >> shift) & 0xFF));
}

/// Reads from the front of `bytes` and moves past what it read.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class Integer>
  Integer integer() {
    Integer value = 0;
    for (char byte : take(sizeof(Integer)))
      value = static_cast<Integer>((value << 8) | static_cast<unsigned char>(byte));
    return value;
  }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) throw WireError("message ends early");
    std::string_view front = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return front;
  }
  std::string string() { return std::string(take(integer<std::uint32_t>())); }
  void end() const {
    if (!bytes_.empty()) throw WireError("message has bytes after its end");
  }

 private:
  std::string_view bytes_;
};

void put_string(std::string& out, std::string_view value) {
  put(out, static_cast<std::uint32_t>(value.size()));
  out.append(value);
}

std::string tag(std::string_view token, std::string_view label, std::string_view hello,
                std::string_view nonce) {
  std::string message(label);
  message.append(hello).append(nonce);
  return hmac_sha256(token, message);
}

}  // namespace

std::string encode(const Hello& hello) {
  std::string out(kMagic);
  put(out, hello.rank | (hello.is_for_lost ? kForLost : 0));
  put(out, hello.world_size);
  out.append(hello.nonce);
  return out;
}

Hello decode_hello(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.take(kMagic.size()) != kMagic) throw WireError("not an Assay rendezvous client");
  Hello hello;
  const auto rank = reader.integer<std::uint32_t>();
  hello.rank = rank & ~kForLost;
  hello.is_for_lost = (rank & kForLost) != 0;
  hello.world_size = reader.integer<std::uint32_t>();
  hello.nonce = reader.take(kNonceBytes);
  reader.end();
  return hello;
}

std::string random_nonce() {
  std::string nonce(kNonceBytes, '\0');
  if (getrandom(nonce.data(), nonce.size(), 0) != static_cast<ssize_t>(nonce.size()))
    throw Error("the kernel gave no random bytes for the rendezvous handshake");
  return nonce;
}

std::string challenge_tag(std::string_view token, std::string_view hello, std::string_view nonce) {
  return tag(token, "server", hello, nonce);
}

std::string proof_tag(std::string_view token, std::string_view hello, std::string_view nonce) {
  return tag(token, "client", hello, nonce);
}

FrameKey::FrameKey(std::string_view token, std::string_view hello, std::string_view nonce,
                   Direction direction)
    : key_(tag(token, direction == Direction::to_server ? "to server" : "to client", hello,
               nonce)) {}

std::string FrameKey::seal(std::string_view body) {
  std::string frame;
  put(frame, static_cast<std::uint32_t>(kSequenceBytes + body.size() + kTagBytes));
  put(frame, next_++);
  frame.append(body);
  return frame.append(hmac_sha256(key_, frame));
}

std::string FrameKey::open(std::string_view frame) {
  if (frame.size() < sizeof(std::uint32_t) + kSequenceBytes + kTagBytes)
    throw WireError("frame is too short");
  const std::string_view tagged = frame.substr(0, frame.size() - kTagBytes);
  if (!equal_in_constant_time(hmac_sha256(key_, tagged), frame.substr(tagged.size())))
    throw WireError("frame has a wrong tag");
  Reader reader(tagged);
  reader.take(sizeof(std::uint32_t));
  if (reader.integer<std::uint64_t>() != next_) throw WireError("frame is replayed or reordered");
  ++next_;
  return std::string(tagged.substr(sizeof(std::uint32_t) + kSequenceBytes));
}

std::optional<std::string> FrameSplitter::next() {
  if (pending_.size() < sizeof(std::uint32_t)) return std::nullopt;
  const auto length = Reader(pending_).integer<std::uint32_t>();
  if (length < kSequenceBytes + kTagBytes || length > kMaxBodyBytes + kSequenceBytes + kTagBytes)
    throw WireError("frame has an impossible length");
  const std::size_t whole = sizeof(std::uint32_t) + length;
  if (pending_.size() < whole) return std::nullopt;
  std::string frame = pending_.substr(0, whole);
  pending_.erase(0, whole);
  return frame;
}

std::string encode(const Request& request) {
  std::string out;
  put(out, static_cast<std::uint8_t>(request.operation));
  put(out, request.deadline_ms);
  put_string(out, request.name);
  put_string(out, request.value);
  return out;
}

Request decode_request(std::string_view body) {
  Reader reader(body);
  const auto operation = reader.integer<std::uint8_t>();
  if (operation < static_cast<int>(Operation::set) ||
      operation > static_cast<int>(Operation::roll_call))
    throw WireError("request has an unknown operation");
  Request request;
  request.operation = static_cast<Operation>(operation);
  request.deadline_ms = reader.integer<std::uint32_t>();
  request.name = reader.string();
  request.value = reader.string();
  reader.end();
  return request;
}

std::string encode(const Response& response) {
  std::string out(1, response.ok ? '\1' : '\0');
  put_string(out, response.text);
  return out;
}

Response decode_response(std::string_view body) {
  Reader reader(body);
  Response response;
  response.ok = reader.integer<std::uint8_t>() == 1;
  response.text = reader.string();
  reader.end();
  return response;
}

std::string encode_list(const std::vector<std::string>& values) {
  std::string out;
  put(out, static_cast<std::uint32_t>(values.size()));
  for (const std::string& value : values) put_string(out, value);
  return out;
}

std::vector<std::string> decode_list(std::string_view bytes) {
  Reader reader(bytes);
  std::vector<std::string> values;
  // Grown one by one: a count that lies must not allocate.
  for (auto left = reader.integer<std::uint32_t>(); left > 0; --left)
    values.push_back(reader.string());
  reader.end();
  return values;
}

}  // namespace assay::rendezvous
