// Fuzzes the archive in which a pod sends its results: as bytes, and as files of any names whose
// digests are right.
#include "harness/cluster/archive.h"
#include "tests/fuzz/holds.h"

namespace {

using namespace assay;

void taken_or_refused(const std::string& archive) {
  fuzz::must_refuse_clearly([&] {
    const cluster::Files files = cluster::read_archive(archive);
    for (const auto& [name, text] : files) {
      const auto path = std::filesystem::path("/folder") / name;
      fuzz::must_hold(path.string() == "/folder/" + name && path == path.lexically_normal(),
                      "a file is inside the folder");
      for (auto above = path.parent_path(); above != "/folder"; above = above.parent_path())
        fuzz::must_hold(!files.contains(above.lexically_relative("/folder").string()),
                        "no file is a folder too");
    }
    fuzz::must_hold(cluster::read_archive(cluster::pack(files)) == files,
                    "what was taken is packed and taken again");
  });
}

/// Names and contents in turn, each in a line.
cluster::Files files_of(std::string_view text) {
  cluster::Files files;
  const auto line = [&] {
    const std::string found(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), found.size() + 1));
    return found;
  };
  while (!text.empty()) {
    const std::string name = line();
    files[name] = line();
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  taken_or_refused(std::string(text));
  fuzz::must_refuse_clearly([&] { taken_or_refused(cluster::pack(files_of(text))); });
  return 0;
}
