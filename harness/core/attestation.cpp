// A signed statement about files: in-toto's statement v1 in the envelope of DSSE v1.
#include "harness/core/attestation.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/folder.h"
#include "harness/core/message.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr const char* kPayloadType = "application/vnd.in-toto+json";
constexpr const char* kStatementType = "https://in-toto.io/Statement/v1";
constexpr const char* kPredicateType = "https://assay.io/attestation/documents/v1";

/// What a signature is over, so that no payload can be taken for one of another type.
std::string signed_bytes(const std::string& type, const std::string& payload) {
  return fmt::format("DSSEv1 {} {} {} {}", type.size(), type, payload.size(), payload);
}

/// Names Assay's own documents; other files of an evidence pack have no kind.
void describe(const SignedFile& file, const std::string& text, Json& kinds, bool& simulated) {
  if (file.path.extension() != ".json") return;
  try {
    const Json document = parse_json(text, file.name);
    kind_of(document, file.name);
    kinds[file.name] = document["kind"];
    simulated = simulated || document.value("simulated", false);
  } catch (const Error&) {  // not one of ours
  }
}

Json statement_of(const std::vector<SignedFile>& files) {
  Json subjects = Json::array(), kinds = Json::object();
  bool simulated = false;
  for (const SignedFile& file : files) {
    const std::string text = read_text(file.path);
    subjects.push_back({{"name", file.name}, {"digest", {{"sha256", sha256_hex(text)}}}});
    describe(file, text, kinds, simulated);
  }
  return {{"_type", kStatementType},
          {"subject", std::move(subjects)},
          {"predicateType", kPredicateType},
          {"predicate", {{"kinds", std::move(kinds)}, {"simulated", simulated}}}};
}

std::string envelope_text(const std::string& payload, const std::string& key_id,
                          const std::string& signature) {
  const Json envelope = {
      {"payloadType", kPayloadType},
      {"payload", to_base64(payload)},
      {"signatures", Json::array({{{"keyid", key_id}, {"sig", to_base64(signature)}}})}};
  return envelope.dump(2) + '\n';
}

const std::string& text_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end() || !found->is_string())
    throw Error(fmt::format("\"{}\" is missing or is no text", key));
  return found->get_ref<const std::string&>();
}

struct Opened {
  std::string payload, signature;
};

/// The parts of an envelope that is written as envelope_text() writes it: otherwise a change that
/// leaves the payload alone would go unseen.
Opened opened(const Json& envelope, const std::string& text, const SigningKey& key) {
  const std::string& type = text_at(envelope, "payloadType");
  if (type != kPayloadType)
    throw Error(fmt::format("payloadType is {}, expected {}", in_quotes(type), kPayloadType));
  const auto signatures = envelope.find("signatures");
  if (signatures == envelope.end() || !signatures->is_array() || signatures->size() != 1)
    throw Error("expected one signature");
  const Json& one = signatures->front();
  if (text_at(one, "keyid") != key.id())
    throw Error(fmt::format("it was signed with the key {}, and this is {}",
                            in_quotes(text_at(one, "keyid"), 64), key.id()));
  Opened parts{from_base64(text_at(envelope, "payload")), from_base64(text_at(one, "sig"))};
  if (envelope_text(parts.payload, key.id(), parts.signature) != text)
    throw Error("it is not as `assay sign` wrote it");
  if (!key.verifies(signed_bytes(kPayloadType, parts.payload), parts.signature))
    throw Error("the signature is not of this payload and key");
  return parts;
}

std::map<std::string, std::string> digests_in(const Json& statement) {
  if (text_at(statement, "_type") != kStatementType ||
      text_at(statement, "predicateType") != kPredicateType)
    throw Error("the statement is of another type");
  std::map<std::string, std::string> digests;
  const auto subjects = statement.find("subject");
  if (subjects == statement.end() || !subjects->is_array()) throw Error("\"subject\" is missing");
  for (const Json& subject : *subjects) {
    const std::string& name = text_at(subject, "name");  // refuses what is no object
    const auto digest = subject.find("digest");
    if (digest == subject.end()) throw Error("\"digest\" is missing");
    digests[name] = text_at(*digest, "sha256");
  }
  return digests;
}

void add_folder(const fs::path& folder, std::map<std::string, fs::path>& files) {
  visit_below(folder, [&](const fs::directory_entry& entry) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (entry.is_directory() && !entry.is_symlink()) return;
    // `check` reads what lies behind a link to a folder; nobody would have signed that.
    if (!entry.is_regular_file())
      throw Error(fmt::format("{}: {} is a link to a folder, or no file: take it out of the folder",
                              folder.string(), in_quotes(name)));
    if (!files.emplace(name, entry.path()).second)
      throw Error(fmt::format("two of the files are called {}: sign one folder", in_quotes(name)));
  });
}

}  // namespace

std::vector<SignedFile> signed_files(const std::vector<std::string>& paths,
                                     const fs::path& envelope) {
  std::map<std::string, fs::path> files;
  for (const fs::path path : paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      add_folder(path, files);
    } else if (!files.emplace(path.filename().string(), path).second) {
      throw Error(fmt::format("two of the files are called {}: sign one folder",
                              in_quotes(path.filename().string())));
    }
  }
  std::vector<SignedFile> found;
  std::error_code ignored;
  for (const auto& [name, path] : files)
    if (!fs::equivalent(path, envelope, ignored) || !is_envelope(path))
      found.push_back({name, path});
  if (found.empty()) throw Error("there is no file in what was given");
  return found;
}

bool is_envelope(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  std::ifstream file(path, std::ios::binary);
  std::string beginning(kEnvelopeBeginning.size(), '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == kEnvelopeBeginning;
}

std::string envelope_of(const std::vector<SignedFile>& files, const SigningKey& key) {
  const std::string payload = statement_of(files).dump();
  return envelope_text(payload, key.id(), key.sign(signed_bytes(kPayloadType, payload)));
}

void verify_envelope(const std::string& envelope, const std::string& where,
                     const std::vector<SignedFile>& files, const SigningKey& key) {
  const Json parsed = parse_json(envelope, where);
  try {
    const std::string payload = opened(parsed, envelope, key).payload;
    std::map<std::string, std::string> digests = digests_in(parse_json(payload, "its statement"));
    for (const SignedFile& file : files) {
      const auto found = digests.find(file.name);
      if (found == digests.end())
        throw Error(fmt::format("{} was not signed", in_quotes(file.name)));
      if (found->second != sha256_hex(read_text(file.path)))
        throw Error(fmt::format("{} was changed after it was signed", in_quotes(file.name)));
      digests.erase(found);
    }
    if (!digests.empty())
      throw Error(fmt::format("{} was signed and is not here", in_quotes(digests.begin()->first)));
  } catch (const Error& problem) {
    throw Error(fmt::format("{}: {}", where, problem.what()));
  }
}

}  // namespace assay
