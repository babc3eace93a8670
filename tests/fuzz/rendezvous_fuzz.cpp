// Fuzzes the rendezvous: every message's bytes, a proof without the token, frames in pieces, frames
// that are replayed, forged or lost on the way, and a meeting that a peer who holds the token
// drives with any requests in any order.
#include <deque>

#include "collectives/rendezvous/meeting.h"
#include "collectives/rendezvous/wire.h"
#include "harness/core/digest.h"
#include "tests/fuzz/holds.h"

namespace {

using namespace assay;
using namespace assay::rendezvous;

/// Reads; what it refuses must be a WireError.
template <class Read>
void refused_or_read(const Read& read) {
  try {
    read();
  } catch (const WireError&) {
  }
}

void messages(std::string_view bytes) {
  refused_or_read([&] {
    fuzz::must_hold(encode(decode_hello(bytes)) == bytes, "a hello is written as it was read");
  });
  refused_or_read([&] {
    fuzz::must_hold(encode(decode_request(bytes)) == bytes, "a request is written as it was read");
  });
  refused_or_read([&] { decode_response(bytes); });
  refused_or_read([&] {
    fuzz::must_hold(encode_list(decode_list(bytes)) == bytes, "a list is written as it was read");
  });
}

void frames(std::string_view bytes) {
  FrameSplitter splitter;
  FrameKey key("a token of the fuzzer", "hello", "nonce", FrameKey::Direction::to_server);
  refused_or_read([&] {
    while (!bytes.empty()) {
      const std::size_t piece = 1 + static_cast<unsigned char>(bytes.front()) % 40;
      splitter.feed(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
      while (const auto frame = splitter.next()) {
        key.open(*frame);
        fuzz::must_hold(false, "nobody seals a frame without the token");
      }
    }
  });
}

void handshake(std::string_view bytes) {
  if (bytes.size() < kHelloBytes + kProofBytes) return;
  const std::string_view hello = bytes.substr(0, kHelloBytes);
  const std::string right = proof_tag("a token of the fuzzer", hello, "nonce");
  fuzz::must_hold(!equal_in_constant_time(bytes.substr(kHelloBytes, kProofBytes), right),
                  "nobody proves a token without it");
}

/// Each step is a byte that chooses what befalls a frame on its way, then its body to the next NUL.
void session(std::string_view bytes) {
  enum class Fate { arrives, replayed, forged, lost };
  FrameKey client("a token of the fuzzer", "hello", "nonce", FrameKey::Direction::to_server);
  FrameKey server("a token of the fuzzer", "hello", "nonce", FrameKey::Direction::to_server);
  std::string before;
  while (!bytes.empty()) {
    const auto step = static_cast<unsigned char>(bytes.front());
    auto fate = static_cast<Fate>(step % 4);
    bytes.remove_prefix(1);
    const std::string body(bytes.substr(0, bytes.find('\0')));
    bytes.remove_prefix(std::min(body.size() + 1, bytes.size()));
    const std::string sealed = client.seal(body);
    std::string sent = sealed;
    if (fate == Fate::replayed && before.empty()) fate = Fate::arrives;
    if (fate == Fate::replayed) sent = before;
    if (fate == Fate::forged) sent[step / 4 % sent.size()] ^= 1;
    if (fate == Fate::lost) sent = client.seal(body);
    try {
      const std::string opened = server.open(sent);
      fuzz::must_hold(fate == Fate::arrives && opened == body, "only what was sent is opened");
      refused_or_read([&] { decode_request(opened); });
    } catch (const WireError&) {
      fuzz::must_hold(fate != Fate::arrives, "what was sent is opened");
      return;  // the server closes the connection
    }
    before = sealed;
  }
}

/// Each step is a byte that chooses rank and event, then for a request its text to the next NUL.
void meeting(std::string_view bytes) {
  constexpr int kRanks = 4;
  bool joined[kRanks] = {}, open[kRanks] = {};
  Meeting room(kRanks, [&](int rank, const Response& response) {
    fuzz::must_hold(open[rank], "a rank is answered once for what it asked");
    fuzz::must_hold(response.ok || !response.text.empty(), "a refusal says why");
    open[rank] = false;
  });
  while (!bytes.empty()) {
    const auto step = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    const int rank = step % kRanks;
    const int event = (step / kRanks) % 10;
    if (event == 0) {
      if (room.join(rank, "10.0.0." + std::to_string(rank))) joined[rank] = true;
    } else if (event == 1) {
      // A connection ends once.
      if (joined[rank]) {
        open[rank] = false;
        room.gone(rank);
        joined[rank] = false;
      }
    } else if (event == 2) {
      room.expired(rank);
      fuzz::must_hold(!open[rank], "a rank whose time is up has its answer");
    } else if (joined[rank]) {
      const std::size_t end = std::min(bytes.find('\0'), bytes.size());
      const auto operation = static_cast<Operation>(1 + (event - 3) % 7);
      const Request request{operation, 1000, std::string(bytes.substr(0, end)), "value"};
      bytes.remove_prefix(std::min(end + 1, bytes.size()));
      const bool was_open = open[rank];
      open[rank] = true;
      try {
        room.request(rank, request);
        fuzz::must_hold(!was_open, "a second request while one is open is refused");
      } catch (const WireError&) {
        fuzz::must_hold(was_open, "a first request is not refused");
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = assay::fuzz::text_of(data, size);
  messages(bytes);
  handshake(bytes);
  frames(bytes);
  session(bytes);
  meeting(bytes);
  return 0;
}
