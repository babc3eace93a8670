// Moves fields between `extensions` and their own places.
#include "harness/core/layout_1_0.h"

namespace assay {

namespace {

// In the order in which 1.0 wrote them.
constexpr const char* kOfDocument[] = {"fabric", "isolation", "documents"};
constexpr const char* kOfPair[] = {"round", "rail"};
constexpr const char* kTransports = "transport_of_members";

void move_field(Json& from, Json& to, const char* key) {
  if (!from.contains(key)) return;
  to[key] = std::move(from[key]);
  from.erase(key);
}

void take_transports(Json& extensions, Json& measurement) {
  if (!measurement.contains("transport") || !extensions.contains(kTransports)) return;
  if (!extensions[kTransports].is_object()) return;
  Json& members = measurement["transport"]["members"] = Json::array();
  for (const auto& [name, kind] : extensions[kTransports].items()) {
    members.push_back({{"name", name}, {"kind", kind}});
  }
  extensions.erase(kTransports);
}

void take_pair(Json& extensions, Json& measurement) {
  if (measurement["workload"] != "pair") return;
  Json pair = Json::object();
  for (const char* key : kOfPair) move_field(extensions, pair, key);
  if (!pair.empty()) measurement["pair"] = std::move(pair);
}

void give_transports(Json& measurement, Json& extensions) {
  if (!measurement.contains("transport") || !measurement["transport"].contains("members")) return;
  for (const Json& member : measurement["transport"]["members"]) {
    extensions[kTransports][member["name"].get<std::string>()] = member["kind"];
  }
  measurement["transport"].erase("members");
}

void give_pair(Json& measurement, Json& extensions) {
  if (!measurement.contains("pair")) return;
  for (const char* key : kOfPair) move_field(measurement["pair"], extensions, key);
  measurement.erase("pair");
}

/// Calls `move` with the extensions of `of`, which stay only where they hold anything.
template <class Move>
void with_extensions(Json& of, const Move& move) {
  Json extensions = of.value("extensions", Json::object());
  move(extensions);
  of.erase("extensions");
  if (!extensions.empty()) of["extensions"] = std::move(extensions);
}

}  // namespace

void to_layout_1_1(Json& document) {
  with_extensions(document, [&](Json& extensions) {
    for (const char* key : kOfDocument) move_field(extensions, document, key);
  });
  for (Json& measurement : document["measurements"]) {
    with_extensions(measurement, [&](Json& extensions) {
      take_transports(extensions, measurement);
      take_pair(extensions, measurement);
    });
  }
}

void to_layout_1_0(Json& document) {
  with_extensions(document, [&](Json& extensions) {
    for (const char* key : kOfDocument) move_field(document, extensions, key);
  });
  for (Json& measurement : document["measurements"]) {
    with_extensions(measurement, [&](Json& extensions) {
      give_transports(measurement, extensions);
      give_pair(measurement, extensions);
    });
  }
}

}  // namespace assay
